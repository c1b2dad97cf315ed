"""Dates that may be wrong: the check gives what specs with those intervals give."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evaluation import run

SPEC = """
schema_version = 1
id = "towns"
title = "Towns that adopt"
[panel]
source = "file"
path = "towns.parquet"
unit = "town"
time = "year"
time_unit = "integer"
[outcomes]
y = {{ column = "y", kind = "continuous" }}
[design]
kind = "staggered_did"
cohort = {{ {cohort} }}
unbalanced = "keep"
[[models]]
id = "main"
estimand = "att"
estimator = "{estimator}"
cluster = "town"
variance = "cr1"
{effects}
{check}
"""
ONE = 'column = "start", never = 0'
ENDS = 'earliest = "first", latest = "final", never = 0, before_window = "always_treated"'
EFFECTS = 'fixed_effects = ["town", "year"]'
CHECK = '[[checks]]\nkind = "date_error"\nmodel = "main"\n'


def towns(error: int = 0, effect: float = 1.0) -> pd.DataFrame:
    """Return sixteen towns of which four adopt; ends of the dates are ``error`` years apart."""
    generator = np.random.default_rng(1)
    town, year = np.repeat(np.arange(16), 10), np.tile(np.arange(2008, 2018), 16)
    start = np.where(town < 2, 2012, np.where(town < 4, 2014, 0))
    y = effect * ((start > 0) & (year >= start)) + 0.3 * generator.normal(size=len(town))
    some = start > 0
    return pd.DataFrame(
        {
            "town": town,
            "year": year,
            "start": start,
            "first": np.where(some, start - error, 0),
            "final": np.where(some, start + error, 0),
            "y": y,
        }
    )


def ask(tmp_path, frame, cohort=ONE, check="", estimator="twfe", effects=EFFECTS):
    path = tmp_path / "towns.toml"
    text = SPEC.format(cohort=cohort, check=check, estimator=estimator, effects=effects)
    path.write_text(text, encoding="utf-8")
    return run(path, frame=frame, engine="microdata")


@pytest.mark.parametrize("rule", ["draw", "bound"])
def test_a_stated_error_is_an_interval_about_every_date(tmp_path, rule):
    more = "draws = 8, seed = 4" if rule == "draw" else ""
    asked = f'{CHECK}rules = ["{rule}"]\nerror = 1\n' + more.replace(", ", "\n")
    found = ask(tmp_path, towns(), check=asked).checks
    row = found[found["check"] == "date_error"].iloc[0]
    cohort = f'{ENDS}, unknown = "{rule}"' + (f", {more}" if more else "")
    wanted = ask(tmp_path, towns(1), cohort=cohort).estimates.iloc[0]
    assert row["term"] == rule
    assert row["statistic"] == pytest.approx(wanted["estimate"], rel=1e-12)
    assert f"interval {wanted['conf_low']:.4f} to {wanted['conf_high']:.4f}" in row["message"]
    assert row["verdict"] == ("includes zero" if wanted["conf_low"] < 0 else "excludes zero")


def test_units_with_a_doubtful_date_are_left_out(tmp_path):
    asked = f'{CHECK}rules = ["exclude"]\n'
    frame = towns()
    frame.loc[frame["town"] == 0, ["first", "final"]] = 2011, 2012
    cohort = f'{ENDS}, unknown = "bound"'
    found = ask(tmp_path, frame, cohort=cohort, check=asked).checks
    row = found[found["check"] == "date_error"].iloc[0]
    known = ask(tmp_path, towns()[towns()["town"] > 0]).estimates.iloc[0]
    assert row["statistic"] == pytest.approx(known["estimate"], rel=1e-12)
    assert "150 rows stay" in row["message"]
    assert row["verdict"] == "excludes zero"


def test_no_effect_is_not_found_by_any_rule(tmp_path):
    asked = f"{CHECK}error = 1\nseed = 2\ndraws = 10\n"
    found = ask(tmp_path, towns(effect=0.0), check=asked).checks
    rows = found[found["check"] == "date_error"]
    assert list(rows["term"]) == ["exclude", "draw", "bound"]
    # Every date may be wrong, so that nobody is left whose date is known.
    assert rows.iloc[0]["verdict"] == "refused"
    assert "no row belongs to a treated cohort" in rows.iloc[0]["message"]
    assert list(rows["verdict"])[1:] == ["includes zero", "includes zero"]


def test_exact_dates_need_an_error(tmp_path):
    found = ask(tmp_path, towns(), check=f'{CHECK}rules = ["bound"]\n').checks
    row = found[found["check"] == "date_error"].iloc[0]
    assert row["verdict"] == "refused"
    assert "exact dates need it; intervals state their own" in row["message"]
