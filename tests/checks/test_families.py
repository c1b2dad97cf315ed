"""Families of hypotheses, and what effects are worth, from a spec to its rows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests

from evaluation import Result, run
from evaluation.inference.shared_draws import WEIGHTS

TOWNS, PERIODS, DRAWS = 14, 5, 999
GONE = 5
SPEC = """
schema_version = 1
id = "towns"
title = "Towns"
[panel]
source = "file"
path = "towns.csv"
time = "ym"
time_unit = "month"
[outcomes]
y = {{ column = "y", kind = "nok" }}
x = {{ column = "x", kind = "nok" }}
z = {{ column = "z", kind = "nok" }}
{outcomes}
[design]
kind = "did"
treated = {{ column = "adopted", equals = 1 }}
reform_date = 2017-03-01
[[models]]
id = "main"
estimand = "att"
estimator = "twfe"
fixed_effects = ["town", "ym"]
cluster = "town"
variance = "cr3"
{more}
"""


def towns() -> pd.DataFrame:
    """Return a row a town and month; one town lacks ``z``, and x is -2y."""
    generator = np.random.default_rng(4)
    town, time = np.repeat(np.arange(TOWNS), PERIODS), np.tile(np.arange(PERIODS), TOWNS)
    shock = generator.normal(size=(TOWNS, 2))[town]
    y = shock[:, 0] * (time >= 2) + generator.normal(size=len(town)) + 0.7 * (town % 2) * (time > 1)
    z = 0.5 * y + shock[:, 1] * (time >= 2) + generator.normal(size=len(town))
    return pd.DataFrame(
        {
            "town": town, "ym": 201701 + time, "adopted": town % 2, "y": y, "x": -2 * y,
            "z": np.where(town == GONE, np.nan, z), "empty": np.nan,
        }
    )  # fmt: skip


@pytest.fixture
def ask(tmp_path) -> Callable[..., Result]:
    def answer(more: str, outcomes: str = "", engine: str = "microdata") -> Result:
        path = tmp_path / "towns.toml"
        path.write_text(SPEC.format(more=more, outcomes=outcomes), encoding="utf-8")
        return run(path, frame=towns(), engine=engine)

    return answer


def family(method: str, more: str = "") -> str:
    return f'[[families]]\nid = "all"\nmodels = ["main"]\nmethod = "{method}"\n{more}\n'


def p_values(result: Result) -> pd.Series:
    rows = result.checks[result.checks["check"] == "all"]
    return rows.set_index("outcome")["p_value"]


@pytest.mark.parametrize(("method", "theirs"), [("holm", "holm"), ("bh", "fdr_bh")])
def test_raw_p_values_adjusted_as_by_statsmodels(ask, method, theirs):
    result = ask(family(method))
    raw = result.estimates.set_index("outcome")["p_value"]
    wanted = multipletests(raw, method=theirs)[1]
    np.testing.assert_allclose(p_values(result)[raw.index], wanted)
    details = result.details[result.details["name"] == "adjusted_p_value"]
    np.testing.assert_allclose(details["value"].astype(float), wanted)


def ratios_by_refitting(frame: pd.DataFrame, name: str) -> np.ndarray:
    """Return the t-ratio and those of the draws, by regressions without each town in turn."""
    kept = frame[frame[name].notna()]
    dummies = (
        pd.get_dummies(kept["town"]).to_numpy(float),
        pd.get_dummies(kept["ym"]).to_numpy(float),
    )
    treated = (kept["adopted"] * (kept["ym"] >= 201703)).to_numpy(float)
    x, town = np.column_stack([treated, *dummies]), kept["town"].to_numpy()
    y = kept[name].to_numpy()
    whole = np.linalg.pinv(x)
    fitted = x @ (whole @ y)
    drawn = WEIGHTS["webb"](np.random.default_rng(3), (DRAWS, TOWNS))
    draws = fitted[:, None] + drawn[:, town].T * (y - fitted)[:, None]
    columns = np.column_stack([y, draws])
    estimates, away = whole[0] @ columns, 0.0
    clusters = np.unique(town)
    for one in clusters:
        rest = town != one
        away = away + (np.linalg.pinv(x[rest])[0] @ columns[rest] - estimates) ** 2
    error = np.sqrt((len(clusters) - 1) / len(clusters) * away)
    true = np.concatenate([[0.0], np.full(DRAWS, estimates[0])])
    return (estimates - true) / error


@pytest.mark.parametrize("engine", ["microdata", "auto"])
def test_romano_wolf_as_by_refitting_every_draw(ask, engine):
    result = ask(family("romano_wolf", f"draws = {DRAWS}\nseed = 3"), engine=engine)
    found = {name: np.abs(ratios_by_refitting(towns(), name)) for name in ("y", "x", "z")}
    left, wanted, before = set(found), {}, 0.0
    while left:
        first = max(left, key=lambda name: (round(found[name][0], 9), name))
        largest = np.max([found[name][1:] for name in left], axis=0)
        beyond = np.sum(largest >= found[first][0] * (1 - 1e-9))
        before = wanted[first] = max(before, (1 + beyond) / (1 + DRAWS))
        left.remove(first)
    raw = result.estimates.set_index("outcome")["p_value"]
    for name, value in p_values(result).items():
        assert value == pytest.approx(max(wanted[name], raw[name]), abs=1e-12)
    # x is y in other units: together they are one hypothesis.
    assert p_values(result)["x"] == p_values(result)["y"]


def test_a_hypothesis_without_an_estimate_is_left_out_and_named(ask):
    result = ask(family("holm"), outcomes='empty = { column = "empty", kind = "nok" }')
    rows = result.checks[result.checks["check"] == "all"].set_index("outcome")
    assert rows.loc["empty", "verdict"] == "refused"
    assert rows.loc["y", "message"].endswith("3 hypotheses; 1 without a p-value is left out")
    raw = result.estimates.set_index("outcome").loc[["y", "x", "z"], "p_value"]
    wanted = multipletests(raw, method="holm")[1]
    np.testing.assert_allclose(rows.loc[raw.index, "p_value"].astype(float), wanted)


WORTH = """
[[worth]]
id = "sum"
unit = "NOK"
months = 12
items = [{first}, {second}]
"""


def worth(result: Result) -> list[dict]:
    return [
        {name: getattr(row, name) for name in type(row).__slots__} for row in result.record.worth
    ]


def test_effects_that_cancel_have_a_worth_without_error(ask):
    first = '{ outcome = "y", amount = 2.0, source = "s" }'
    one, other, total = worth(ask(WORTH.format(first=first, second='{ outcome = "x" }')))
    assert one["value"] == pytest.approx(24 * one["effect"])
    assert one["conf_low"] < one["value"] < one["conf_high"]
    assert total["value"] == pytest.approx(0.0, abs=1e-9)
    assert total["std_error"] == pytest.approx(0.0, abs=1e-6 * one["std_error"])
    assert total["dependence"] == "joint influence of clusters"
    assert other["amount"] == 1.0 and (total["outcome"], total["months"]) == ("", 12)


def test_no_sum_without_an_interval_of_every_item(ask):
    items = WORTH.format(first='{ outcome = "y" }', second='{ outcome = "empty" }')
    rows = worth(ask(items, outcomes='empty = { column = "empty", kind = "nok" }'))
    assert [row["status"] for row in rows] == ["ok", "refused", "refused"]
    assert rows[2]["value"] is None and rows[2]["reason"] == "no sum without empty"


STAGGERED = (
    SPEC[: SPEC.index("[design]")]
    + """[design]
kind = "staggered_did"
cohort = {{ column = "start", never = 0 }}
{more}
"""
)
MODEL = '[[models]]\nid = "{0}"\nestimand = "att"\nestimator = "{0}"\ncluster = "town"\n'


def test_every_estimator_that_says_so_is_resampled(tmp_path):
    from evaluation.estimators.registry import estimator, estimator_names

    modules = [estimator(name) for name in estimator_names()]
    telling = [
        one.__name__.rpartition(".")[2]
        for one in modules
        if one.Options.INFLUENCE and "att" in one.ESTIMANDS and "staggered_did" in one.DESIGNS
    ]
    assert len(telling) >= 5
    frame = towns()
    frame["start"] = np.where(frame["adopted"] == 1, 201703 + frame["town"] % 4 // 2, 0)
    frame["unit"] = frame["town"] * 100
    models = "\n".join(MODEL.format(name) for name in telling)
    together = family("romano_wolf").replace("main", '", "'.join(telling))
    text = STAGGERED.format(outcomes="", more=f"{models}\n{together}")
    path = tmp_path / "towns.toml"
    path.write_text(text.replace('time = "ym"', 'unit = "unit"\ntime = "ym"'), encoding="utf-8")
    result = run(path, frame=frame, engine="microdata")
    rows = result.checks[result.checks["check"] == "all"]
    assert len(rows) == 3 * len(telling)
    assert set(rows["verdict"]) <= {"rejected", "not rejected"}, rows[["model_id", "message"]]
