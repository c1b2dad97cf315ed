"""What a test of degrees of freedom misses, on real fits: groups of one behind a coefficient.

Each fit is judged twice: under ``acro``, which looks at degrees of freedom, and under
``registry_default``. The numbers that pass the first give back one person's outcome.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import evaluation as ad
from evaluation.release.policy import policy_of
from evaluation.release.ruling import rulings_of, verdict_of
from evaluation.results import Estimate, Evidence
from tests.release.judged import evidence, record

ACRO, DEFAULT = policy_of("acro"), policy_of("registry_default")
PERSONS = 2000
INCOME = {"y": {"column": "y", "kind": "share"}}


@pytest.fixture(scope="module")
def persons() -> pd.DataFrame:
    rng = np.random.default_rng(17)
    # Municipalities as unequal as Norway's: the largest hundreds, the smallest one person.
    share = 1 / np.arange(1, 301)
    town = np.concatenate([np.arange(300), rng.choice(300, PERSONS - 300, p=share / share.sum())])
    x = rng.normal(size=PERSONS)
    return pd.DataFrame({"town": town, "x": x, "y": 0.3 * x + rng.normal(size=PERSONS)})


def fitted(design: pd.DataFrame, y: pd.Series) -> tuple[Any, list[Estimate], list[Evidence]]:
    """Return a least-squares fit, its coefficients as rows, and the counts behind each."""
    import statsmodels.api as sm

    fit = sm.OLS(y, design).fit()
    rows, found = [], []
    for at, name in enumerate(design.columns, 1):
        low, high = fit.conf_int().loc[name]
        rows.append(
            Estimate("judged", "main", "twfe", "att", "y", term=name, estimate=fit.params[name],
                     std_error=fit.bse[name], conf_low=low, conf_high=high, n_obs=int(fit.nobs),
                     n_units=int(fit.nobs))
        )  # fmt: skip
        column = design[name]
        two = set(column.unique()) <= {0.0, 1.0}
        smallest = min((column == one).sum() for one in column.unique()) if two else len(column)
        found += evidence("estimates.csv", at, support_units=int(smallest),
                          residual_df=int(fit.df_resid))  # fmt: skip
    return fit, rows, found


def verdicts(rows: list[Estimate], found: list[Evidence], policy: Any) -> list[str]:
    rulings = rulings_of(record(rows, found, outcomes=INCOME), policy)
    return [verdict_of(rulings, "estimates.csv", at) for at in range(1, len(rows) + 1)]


def test_a_dummy_that_identifies_one_person(persons: pd.DataFrame) -> None:
    design = pd.DataFrame({"const": 1.0, "x": persons.x, "one": 0.0})
    design.loc[7, "one"] = 1.0
    fit, rows, found = fitted(design, persons.y)
    assert fit.df_resid == 1997
    # What is printed gives back the person's outcome, to the last digit but one.
    assert fit.params @ design.loc[7] == pytest.approx(persons.y[7], abs=1e-12)
    assert verdicts(rows, found, ACRO) == ["pass", "pass", "pass"]
    assert verdicts(rows, found, DEFAULT) == ["pass", "pass", "fail"]


def test_three_hundred_municipality_dummies(persons: pd.DataFrame) -> None:
    design = pd.get_dummies(persons.town, prefix="town", dtype=float)
    design.insert(0, "x", persons.x)
    fit, rows, found = fitted(design, persons.y)
    sizes = persons.town.value_counts().sort_index()
    alone = sizes.index[sizes == 1]
    assert fit.df_resid == 1699 and len(alone) > 5
    person = persons.index[persons.town == alone[0]][0]
    assert fit.params @ design.loc[person] == pytest.approx(persons.y[person], abs=1e-10)
    assert set(verdicts(rows, found, ACRO)) == {"pass"}
    judged = dict(zip(design.columns, verdicts(rows, found, DEFAULT), strict=True))
    small = {f"town_{town}" for town in sizes.index[sizes < 10]}
    assert {name for name, verdict in judged.items() if verdict == "fail"} == small
    assert len(small) > 100 and judged["x"] == "pass"


@pytest.fixture(scope="module")
def panel(persons: pd.DataFrame) -> pd.DataFrame:
    """Two years of a thousand persons, one of whom is treated in the second."""
    rng = np.random.default_rng(5)
    frame = pd.concat([persons[:1000].assign(person=range(1000), year=year) for year in (1, 2)])
    frame = frame.assign(y=frame.y + rng.normal(size=len(frame)), treated=frame.person == 7)
    return frame.astype({"treated": int}).reset_index(drop=True)


def run(panel: pd.DataFrame, tmp: Any, **model: Any) -> ad.Result:
    lines = "".join(f"{key} = {value}\n" for key, value in model.items())
    path = tmp / "judged.toml"
    path.write_text(
        f"""
schema_version = 1
id = "judged"
title = "Judged"
[panel]
source = "file"
path = "rows.csv"
unit = "person"
time = "year"
time_unit = "integer"
[outcomes]
y = {{ column = "y", kind = "share" }}
[design]
kind = "did"
post = {{ column = "year", at_least = 2 }}
treated = {{ column = "treated", equals = 1 }}
[[models]]
id = "main"
estimand = "att"
estimator = "twfe"
{lines}
""",
        encoding="utf-8",
    )
    return ad.run(path, frame=panel, out=tmp / "out")


def counted(panel: pd.DataFrame, parameters: int) -> dict[str, int]:
    """Return the counts behind treated x post, by counting rows."""
    treated = panel.groupby("person").treated.max()
    return {
        "support_units": int(min((treated == 1).sum(), (treated == 0).sum())),
        "units": panel.person.nunique(),
        "rows": len(panel),
        "residual_df": len(panel) - parameters,
    }


def test_one_treated_person(panel: pd.DataFrame, tmp_path: Any) -> None:
    found = run(panel, tmp_path).record
    row = found.estimates[0]
    means = panel.groupby(["treated", "year"]).y.mean()
    by_hand = (means[1, 2] - means[1, 1]) - (means[0, 2] - means[0, 1])
    assert row.estimate == pytest.approx(by_hand, abs=1e-12)
    known = evidence("estimates.csv", 1, **counted(panel, 4))
    judged = replace(found, evidence=tuple(known))
    assert verdict_of(rulings_of(judged, ACRO), "estimates.csv", 1) == "pass"
    rulings = rulings_of(judged, DEFAULT)
    failed = [one for one in rulings if one.verdict == "fail" and one.artefact == "estimates.csv"]
    assert [(one.rule, one.measured) for one in failed] == [("support", 1)]


@pytest.mark.parametrize(
    ("model", "verdict"),
    [
        ({"controls": '["smallest"]'}, "fail"),
        ({"fixed_effects": '["town"]'}, "review"),
    ],
)
def test_effects_of_single_persons_beside_the_number(
    panel: pd.DataFrame, tmp_path: Any, model: dict[str, str], verdict: str
) -> None:
    """A dummy leaves a person out of the sample: beside the model without it, a difference of 1."""
    many = panel.assign(treated=(panel.person < 400).astype(int))
    many["smallest"] = (many.person == 500).astype(float)
    found = run(many, tmp_path, **model).record
    assert found.estimates[0].estimate is not None
    known = counted(many, 5)
    groups = "smallest" if "controls" in model else "town"
    known["smallest_cluster"] = int(many.groupby(groups).person.nunique().min())
    judged = replace(found, evidence=tuple(evidence("estimates.csv", 1, **known)))
    assert verdict_of(rulings_of(judged, DEFAULT), "estimates.csv", 1) == verdict
    assert verdict_of(rulings_of(judged, ACRO), "estimates.csv", 1) == "pass"


def test_cells_of_cohort_and_period_each_have_a_verdict() -> None:
    rows, found = [], []
    for at, units in enumerate((40, 9), 1):
        rows.append(
            Estimate("judged", "main", "group_time_att", "att_gt", "y", cohort="2015",
                     period=str(2014 + at), estimate=0.1, std_error=0.1)
        )  # fmt: skip
        found += evidence("estimates.csv", at, rows=500, units=300, support_units=units,
                          residual_df=400)  # fmt: skip
    assert verdicts(rows, found, DEFAULT) == ["pass", "fail"]
