"""Columns that jump at age 30 by what they are serve neither as outcome nor as covariate."""

import pytest

from data_synth.shapes.declared.form_11f import EXEMPTIONS
from evaluation import load_spec
from evaluation.errors import SpecError
from evaluation.spec.mechanical import RECORDED_BELOW

SPEC = """
schema_version = 1
id = "mechanical"
title = "Mechanical"
[panel]
source = "synthetic"
world = "published_null"
persons = 100
seed = 1
unit = "person_id"
time = "ym"
{derive}
[sample]
{keep}
[outcomes]
y = {{ column = "{outcome}", kind = "continuous" }}
[design]
kind = "rd"
running_variable = {{ column = "age_months", discrete = true }}
cutoff = {cutoff}
treated_side = "below"
donut = 1
[[models]]
id = "main"
estimand = "itt_at_cutoff"
estimator = "rd_robust"
{model}
[[checks]]
kind = "covariate_balance"
columns = ["{covariate}"]
"""
PLAIN = {
    "derive": "", "keep": "", "outcome": "sa_exit", "cutoff": 360, "model": "",
    "covariate": "female",
}  # fmt: skip
DERIVED = '[derive]\ndose = { op = "ratio", columns = ["duty_months", "age_months"] }'


def faults(tmp_path, **changes):
    path = tmp_path / "mechanical.toml"
    path.write_text(SPEC.format(**{**PLAIN, **changes}), encoding="utf-8")
    try:
        load_spec(path)
    except SpecError as error:
        return error.faults
    return ()


CASES = {
    "exemption as outcome": ({"outcome": "VEDTAKHELSE"}, "outcomes.y.column: 'VEDTAKHELSE'"),
    "dose as outcome": ({"outcome": "duty_months"}, "outcomes.y.column: 'duty_months'"),
    "exemption balanced": (
        {"covariate": "exemption_date"},
        "checks.covariate_balance.columns: 'exemption_date'",
    ),
    "condition balanced": (
        {"covariate": "condition_imposed"},
        "checks.covariate_balance.columns: 'condition_imposed'",
    ),
    "exposure as control": (
        {"model": 'controls = ["exposure_share"]'},
        "models.main.controls: 'exposure_share'",
    ),
    "exemption selected": (
        {"keep": 'keep = [{ column = "exemption_reasons", missing = true }]'},
        "sample.keep.1: 'exemption_reasons'",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_refused_at_load(case, tmp_path):
    changes, begins = CASES[case]
    (line,) = faults(tmp_path, **changes)
    assert line.split("mechanical.toml: ")[-1].startswith(begins)
    assert line.endswith("; leave it out")


def test_a_derived_column_is_traced_to_what_it_is_made_of(tmp_path):
    found = faults(tmp_path, derive=DERIVED, outcome="dose")
    assert any("'dose', made of 'duty_months', cannot serve at age 30" in line for line in found)


def test_allowed_where_it_does_not_jump_or_is_the_outcome_of_a_first_stage(tmp_path):
    assert faults(tmp_path) == ()
    assert faults(tmp_path, outcome="condition_imposed") == ()
    assert faults(tmp_path, outcome="duty_months", cutoff=336) == ()


def test_every_exemption_field_of_the_form_is_named():
    assert {field.lower() for field in EXEMPTIONS.values()} <= set(RECORDED_BELOW)
