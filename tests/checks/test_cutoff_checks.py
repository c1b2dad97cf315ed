"""Checks of a regression discontinuity: what each variant estimates, when they speak, refusals."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd
import pytest

import evaluation.cells.gather as gathering
from evaluation import run

MONTHS = 72


@functools.cache
def persons(
    *,
    seed: int = 0,
    elsewhere: float = 0.0,
    before: float = 0.0,
    nearest: float = 0.0,
    bend: float = 0.0,
    used: float = 0.5,
) -> pd.DataFrame:
    """Return 300 persons in every month of 2013 to 2018, aged 21 to 30 at first.

    Those below 360 months have 0.5 more from 2017 on, ``used`` of it where ``low`` is 0; others
    have ``elsewhere`` more below 330, ``before`` more below 360 before 2017, ``nearest`` more in
    the two months around 360 (of which 360 is left out), and ``bend`` per squared year.
    """
    draw = np.random.default_rng(seed)
    count = 300
    unit = np.repeat(np.arange(count), MONTHS)
    month = np.tile(np.arange(MONTHS), count)
    age = np.repeat(draw.integers(254, 366, count), MONTHS) + month
    low = np.repeat(draw.integers(0, 2, count), MONTHS)
    post, young = month >= 48, age < 360
    years = (age - 360) / 12
    y = (
        0.02 * years
        + np.where(low == 1, 0.5, used) * (post & young)
        + before * (~post & young)
        + elsewhere * (age < 330)
        + nearest * (age == 359)
        + bend * years**2 * np.sign(years)
        + np.repeat(draw.normal(0.0, 0.5, count), MONTHS)
        + draw.normal(size=len(unit))
    )
    return pd.DataFrame(
        {
            "id": unit,
            "ym": 201301 + month // 12 * 100 + month % 12,
            "age_months": age,
            "low": low,
            "got": (draw.random(len(unit)) < 0.2 + 0.6 * (post & young)).astype(int),
            "y": y,
        }
    )


SPEC = """
schema_version = 1
id = "cutoffs"
title = "Cutoffs"
[panel]
source = "file"
path = "persons.parquet"
unit = "id"
time = "ym"
time_unit = "month"
window = [2013-01-01, 2018-12-31]
[sample]
keep = [{{ column = "age_months", at_least = {least}, at_most = {most} }}]
[outcomes]
y = {{ column = "y", kind = "continuous" }}
[design]
kind = "rd"
running_variable = {{ column = "age_months", discrete = true }}
cutoff = {cutoff}
treated_side = "below"
donut = {donut}
reform_date = 2017-01-01
{design}
[[models]]
id = "main"
estimand = "{estimand}"
estimator = "{estimator}"
periods = "{periods}"
cluster = "id"
{model}
{checks}
"""
PLAIN = {
    "least": 302, "most": 420, "cutoff": 360, "donut": 1, "design": "", "periods": "post",
    "estimand": "itt_at_cutoff", "estimator": "rd_robust", "model": "", "checks": "",
}  # fmt: skip


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    """Run the spec with some words changed."""
    path = tmp_path_factory.mktemp("cutoffs") / "cutoffs.toml"

    def answer(frame=None, engine="auto", **words):
        path.write_text(SPEC.format(**{**PLAIN, **words}), encoding="utf-8")
        return run(path, frame=persons() if frame is None else frame, engine=engine)

    return answer


def check(kind, options=""):
    return f'[[checks]]\nkind = "{kind}"\n{options}\n'


EVERY = (
    check("donut", "donuts = [2, 3, 5]")
    + check("bandwidth_grid", "bandwidths = [9, 18]\norders = [1, 2]")
    + check("placebo_cutoff", "cutoffs = [330, 390]")
    + check("placebo_period", "years = [2014, 2015]")
    + check("placebo_group", 'groups = [{ id = "used", keep = [{ column = "low", equals = 0 }] }]')
)


@pytest.fixture(scope="module")
def everything(ask):
    """Every check once, with how often rows were passed over for the model and its checks."""
    passes = []
    own = gathering._build

    def counted(*given):
        passes.append(given[0].routes)
        return own(*given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gathering, "_build", counted)
        return ask(checks=EVERY), passes


def details(result, kind):
    rows = result.details[result.details["check"] == kind]
    return dict(zip(rows["name"], rows["value"], strict=True))


def row(result, kind):
    (found,) = result.checks[result.checks["check"] == kind].itertuples()
    return found


SAME = {
    ("donut", "donut 3"): {"donut": 3},
    ("donut", "donut 5"): {"donut": 5},
    ("bandwidth_grid", "bandwidth 9, order 2"): {"model": "bandwidth = { fixed = 9 }\norder = 2"},
    ("placebo_cutoff", "placebo 330"): {"cutoff": 330, "most": 359},
    ("placebo_cutoff", "placebo 390"): {"cutoff": 390, "least": 361},
    ("placebo_period", "placebo before the reform"): {"periods": "pre"},
    ("placebo_period", "placebo 2014"): {
        "periods": "pre",
        "model": 'keep = [{ column = "ym", at_least = 201401, at_most = 201412 }]',
    },
    ("placebo_group", "placebo used"): {"model": 'keep = [{ column = "low", equals = 0 }]'},
}


@pytest.mark.parametrize("place", SAME, ids=" ".join)
def test_a_number_is_that_of_a_spec_that_asks_for_it(ask, everything, place):
    kind, name = place
    found = details(everything[0], kind)
    alone = ask(**SAME[place], engine="microdata").estimates.iloc[0]
    assert float(found[name]) == pytest.approx(alone["estimate"], rel=1e-9)
    assert float(found[f"{name}: std_error"]) == pytest.approx(alone["std_error"], rel=1e-7)


def test_donuts_bandwidths_orders_and_cutoffs_take_no_further_pass(everything):
    _, passes = everything
    # One for the model; years and the group have rows and pairs of their own.
    assert len(passes) == 3
    assert {one.engine for routes in passes for one in routes} == {"cells"}


def test_a_placebo_cutoff_is_what_rdrobust_gives_there(everything):
    from rdrobust import rdrobust

    frame = persons()
    frame = frame[(frame["ym"] >= 201701) & frame["age_months"].between(302, 359)]
    frame = frame[frame["age_months"] != 330]
    found = rdrobust(frame["y"].to_numpy(), frame["age_months"].to_numpy() - 330.0,
                     cluster=frame["id"].to_numpy())  # fmt: skip
    # Above less below; its error holds the sides for independent.
    estimate = -float(found.coef.iloc[0, 0])
    assert float(details(everything[0], "placebo_cutoff")["placebo 330"]) == pytest.approx(
        estimate, rel=1e-7
    )


def test_nothing_planted_is_not_found(everything):
    result, _ = everything
    verdicts = dict(zip(result.checks["check"], result.checks["verdict"], strict=True))
    assert verdicts["donut"] == verdicts["bandwidth_grid"] == "stable"
    assert verdicts["placebo_cutoff"] == "beyond the placebo range"
    assert verdicts["placebo_period"] == "beyond the placebo range"
    message = row(result, "placebo_cutoff").message
    assert "ranks 1 of 3 by p-value" in message and "no window holds 300, 360" in message
    assert "y is a stock, which kinks" in row(result, "bandwidth_grid").message
    # The rule moves this group as it does the others.
    assert verdicts["placebo_group"] == "violation found"


PLANTED = {
    "donut": ({"nearest": 1.5}, "donuts = [2, 3]", "sensitive"),
    "bandwidth_grid": ({"bend": 0.25}, "", "sensitive"),
    "placebo_cutoff": ({"elsewhere": 1.2}, "", "violation found"),
    "placebo_period": ({"before": 0.5}, "", "violation found"),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_what_is_planted_is_found(ask, kind):
    planted, options, verdict = PLANTED[kind]
    model = "bandwidth = { fixed = 30 }" if kind == "bandwidth_grid" else ""
    result = ask(persons(**planted), checks=check(kind, options), model=model)
    assert row(result, kind).verdict == verdict


def test_a_group_that_the_rule_does_not_move_is_not_found(ask):
    group = 'groups = [{ id = "used", keep = [{ column = "low", equals = 0 }] }]'
    result = ask(persons(used=0.0), checks=check("placebo_group", group))
    found = row(result, "placebo_group")
    assert found.verdict == "not detected" and "against" in found.message


def test_without_options_each_check_finds_its_own_grid(ask):
    kinds = ("donut", "bandwidth_grid", "placebo_cutoff", "placebo_period")
    result = ask(checks="".join(map(check, kinds)), model="bandwidth = { fixed = 18 }")
    names = {kind: [n for n in details(result, kind) if ":" not in n] for kind in kinds}
    assert [n for n in names["donut"] if n[:6] == "donut "] == [f"donut {d}" for d in range(2, 7)]
    widths = [n for n in names["bandwidth_grid"] if n[:10] == "bandwidth "]
    assert widths == [f"bandwidth {h}, order {p}" for p in (1, 2) for h in (9, 14, 18, 22, 27, 36)]
    cutoffs = [n for n in names["placebo_cutoff"] if n[:8] == "placebo "]
    # 18 months from 302, 359, 361 and 420, at whole half-years from 360.
    assert cutoffs == [f"placebo {c}" for c in (324, 330, 336, 384, 390, 396, 402)]
    years = [n for n in names["placebo_period"] if n[:8] == "placebo "]
    assert years == [f"placebo {y}" for y in (2013, 2014, 2015, 2016)] + [
        "placebo before the reform"
    ]


def test_the_grid_of_a_bias_aware_model_keeps_its_bound(ask):
    result = ask(checks=check("bandwidth_grid", "bandwidths = [6, 12]"), estimator="rd_honest")
    found = details(result, "bandwidth_grid")
    bound = result.details.set_index("name").loc["curvature_bound", "value"]
    alone = ask(
        estimator="rd_honest",
        model=f"bandwidth = {{ fixed = 6 }}\ncurvature_bound = {{ value = {bound} }}",
    ).estimates.iloc[0]
    for name, own in (("bandwidth 6", "estimate"), ("bandwidth 6: conf_low", "conf_low")):
        assert float(found[name]) == pytest.approx(alone[own], rel=1e-9)


def test_placebos_of_a_fuzzy_model_are_its_reduced_form(ask, everything):
    result = ask(
        design='treatment = { column = "got" }', estimand="late_at_cutoff", estimator="rd_fuzzy",
        checks=check("placebo_cutoff", "cutoffs = [330]"),
    )  # fmt: skip
    found = row(result, "placebo_cutoff")
    plain = everything[0].estimates.iloc[0]
    assert found.message.startswith("reduced form, as placebos have no first stage: ")
    assert found.statistic == pytest.approx(plain["estimate"], rel=1e-9)
    assert result.estimates["estimate"].iloc[0] != pytest.approx(plain["estimate"], rel=0.1)


REFUSED = {
    "a window outside the data": (
        check("placebo_cutoff", "cutoffs = [318]"),
        "bandwidth = { fixed = 18 }",
        "cutoffs: 318 with the bandwidth 18 reaches outside the values that the model sees, 302 to "
        "420: choose others, or widen the sample",
    ),
    "no placebo has room": (
        check("placebo_cutoff"),
        "bandwidth = { fixed = 36 }",
        "cutoffs: from 302 to 420 no value of 'age_months' has 36 on both sides without a change "
        "of rule: set room, narrow the bandwidth, or widen the sample",
    ),
    "no donut fits": (
        check("donut"),
        "bandwidth = { fixed = 5 }",
        "donuts: a bandwidth of 5 has no room for a donut beyond 1: widen it, or give donuts",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_room_is_refused_with_its_reason(ask, name):
    checks, model, reason = REFUSED[name]
    found = row(ask(checks=checks, model=model), checks.split('"')[1])
    assert (found.verdict, found.message) == ("refused", reason)


def test_a_donut_that_leaves_fewer_than_four_values_is_refused_and_the_others_stand(ask):
    result = ask(checks=check("donut", "donuts = [3, 8]"), model="bandwidth = { fixed = 10 }")
    found = details(result, "donut")
    assert "3 distinct values" in found["donut 8: refused"]
    assert "donut 3" in found and row(result, "donut").verdict in ("stable", "sensitive")
