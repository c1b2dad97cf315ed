"""First stages and other rules at a cutoff: their numbers, their words, when they speak."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd
import pytest

from evaluation import run
from evaluation.checks.composition import holm
from evaluation.errors import DataError

MONTHS = 24


@functools.cache
def persons() -> pd.DataFrame:
    """Return 300 persons in 2017 and 2018 who pass 28 to 32, under several rules below 360."""
    draw = np.random.default_rng(11)
    count = 300
    unit = np.repeat(np.arange(count), MONTHS)
    month = np.tile(np.arange(MONTHS), count)
    age = np.repeat(draw.integers(330, 372, count), MONTHS) + month
    young = age < 360

    def taken(base, rise):
        return (draw.random(len(unit)) < base + rise * young).astype(int)

    return pd.DataFrame(
        {
            "id": unit,
            "ym": 201701 + month // 12 * 100 + month % 12,
            "age_months": age,
            "often": taken(0.2, 0.6),
            "seldom": taken(0.3, 0.05),
            "nowhere": taken(0.4, 0.0),
            "under_duty": young.astype(int),
            "everybody": 1,
            "far": (age < 340).astype(int),
            "stipend": 1000.0 * taken(0.1, 0.4),
            "fee": draw.normal(size=len(unit)),
            "y": draw.normal(size=len(unit)) + np.repeat(draw.normal(size=count), MONTHS),
        }
    )


SPEC = """
schema_version = 1
id = "stages"
title = "Stages"
[panel]
source = "file"
path = "persons.parquet"
unit = "id"
time = "ym"
time_unit = "month"
window = [2017-01-01, 2018-12-31]
[outcomes]
y = {{ column = "{outcome}", kind = "continuous" }}
[design]
kind = "rd"
running_variable = {{ column = "age_months", discrete = true }}
cutoff = 360
treated_side = "below"
donut = 1
treatment = {{ column = "{treatment}" }}
{threats}
[[models]]
id = "main"
estimand = "{estimand}"
estimator = "{estimator}"
bandwidth = {{ fixed = 10 }}
cluster = "id"
{checks}
"""
SHARP = {"estimator": "rd_robust", "estimand": "itt_at_cutoff"}
FUZZY = {"estimator": "rd_fuzzy", "estimand": "late_at_cutoff"}
STAGE = '[[checks]]\nkind = "first_stage"\n'
RULES = '[[checks]]\nkind = "other_rules"\n'


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    path = tmp_path_factory.mktemp("stages") / "stages.toml"

    @functools.cache
    def answer(
        checks="", outcome="y", treatment="often", fuzzy=False, threats="", engine="microdata"
    ):
        model = FUZZY if fuzzy else SHARP
        text = SPEC.format(
            checks=checks, outcome=outcome, treatment=treatment, threats=threats, **model
        )
        path.write_text(text, encoding="utf-8")
        return run(path, frame=persons(), engine=engine)

    return answer


def rows_of(result, kind):
    found = result.checks[result.checks["check"] == kind]
    return {row.term: row for row in found.itertuples()}


def detail(result, kind, term, name):
    rows = result.details
    value = rows[(rows["check"] == kind) & (rows["term"] == term) & (rows["name"] == name)]
    return float(value["value"].iloc[0])


def own(result, name):
    rows = result.details
    return float(rows[rows["check"].isna() & (rows["name"] == name)]["value"].iloc[0])


@pytest.mark.parametrize("engine", ["microdata", "auto"])
def test_the_first_stage_is_the_treatment_as_an_outcome(asked, engine):
    result = asked(STAGE, engine=engine)
    row = rows_of(result, "first_stage")["often"]
    alone = asked(outcome="often").estimates.iloc[0]
    change, error = (
        detail(result, "first_stage", "often", name)
        for name in ("first_stage", "first_stage_std_error")
    )
    assert change == pytest.approx(alone["estimate"], rel=1e-9)
    assert error == pytest.approx(alone["std_error"], rel=1e-8)
    assert row.statistic == pytest.approx((change / error) ** 2, rel=1e-12)
    assert row.verdict == "strong" and f"effective F {row.statistic:.3g}" in row.message


def test_a_fuzzy_model_tells_its_own_first_stage(asked):
    result = asked(STAGE, fuzzy=True)
    (row,) = rows_of(result, "first_stage").values()
    assert row.outcome == "y" and row.term == "often"
    assert row.statistic == own(result, "effective_f")
    assert detail(result, "first_stage", "often", "first_stage") == own(result, "first_stage")
    within = own(result, "n_obs_within_below") + own(result, "n_obs_within_above")
    assert detail(result, "first_stage", "often", "n_obs_within") == within


def test_strong_weak_and_none(asked):
    names = ["often", "seldom", "nowhere", "under_duty", "everybody", "far"]
    found = rows_of(asked(f"{STAGE}columns = {names}"), "first_stage")
    assert list(found) == names
    verdicts = {name: found[name].verdict for name in names}
    assert verdicts["often"] == verdicts["under_duty"] == "strong"
    assert verdicts["nowhere"] == verdicts["everybody"] == "none found"
    assert "Rubin set of a ratio is unbounded" in found["nowhere"].message
    assert "everybody complies" in found["under_duty"].message
    for name in ("everybody", "far"):
        assert found[name].verdict == "none found"
        assert "identical, nothing to divide by" in found[name].message
    seldom = found["seldom"]
    assert seldom.verdict == ("weak" if seldom.statistic > 1.96**2 else "none found")


def test_a_rule_that_changes_too_is_found(asked):
    threats = (
        '[[threats]]\nname = "Stipend"\naffects = "under 30"\nat_cutoff = true\n'
        'column = "stipend"\n[[threats]]\nname = "Effort"\naffects = "under 30"\n'
        'at_cutoff = true\n[[threats]]\nname = "Elsewhere"\naffects = "all"\n'
    )
    rules = 'rules = [{ name = "Fee", column = "fee" }]'
    result = asked(RULES + rules, threats=threats)
    found = rows_of(result, "other_rules")
    assert list(found) == ["Stipend", "Effort", "Fee"]
    assert found["Stipend"].verdict == "violation found"
    assert found["Effort"].verdict == "cannot be tested" and "no column" in found["Effort"].message
    assert found["Fee"].verdict == "not detected" and "power 80% against" in found["Fee"].message
    alone = {name: asked(outcome=name).estimates.iloc[0] for name in ("stipend", "fee")}
    adjusted = holm({name: row["p_value"] for name, row in alone.items()})
    for name, term in (("stipend", "Stipend"), ("fee", "Fee")):
        assert found[term].p_value == pytest.approx(adjusted[name], rel=1e-9)
    error = own(asked(outcome="fee"), "robust_std_error")
    smallest = detail(result, "other_rules", "Fee", "minimum_detectable_change")
    # 1.95996 + 0.84162
    assert smallest == pytest.approx(2.801585 * error, rel=1e-6)


def test_a_fuzzy_model_is_asked_for_the_rules_own_change(asked):
    rules = RULES + 'rules = [{ name = "Stipend", column = "stipend" }]'
    sharp, fuzzy = (asked(rules, fuzzy=one) for one in (False, True))
    values = [detail(result, "other_rules", "Stipend", "estimate") for result in (sharp, fuzzy)]
    assert values[0] == pytest.approx(values[1], rel=1e-12)


@pytest.mark.parametrize("engine", ["microdata", "auto"])
@pytest.mark.parametrize("treatment", ["everybody", "far"])
def test_a_treatment_identical_on_both_sides_is_one_line(asked, treatment, engine):
    with pytest.raises(DataError) as caught:
        asked(treatment=treatment, fuzzy=True, engine=engine)
    (line,) = caught.value.faults
    assert "design.treatment" in line and "\n" not in line
