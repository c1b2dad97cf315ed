"""Counts behind numbers are those that a look at the rows gives, from rows and from cells."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import evaluation as ad
from evaluation.data.model_data import ModelData
from evaluation.estimators._support.least import least
from evaluation.estimators._support.supported import supported
from evaluation.estimators.contract import Fit, Setting, Term
from evaluation.estimators.fitting import fit_models
from evaluation.estimators.supplying import Request, supply_of
from evaluation.pipeline import Clock
from evaluation.spec.design import DidDesign
from evaluation.spec.options import OptionsModel
from evaluation.spec.variance import Inference

HEAD = """
schema_version = 1
id = "support"
title = "Who stands behind a number"

[panel]
source = "file"
path = "rows.csv"
unit = "unit"
time = "ym"
time_unit = "month"

[outcomes]
y = { column = "y", kind = "binary" }
"""
BEFORE_2017 = "reform_date = 2017-01-01\n"
DID = f"""
[design]
kind = "did"
{BEFORE_2017}treated = {{ column = "treated", equals = 1 }}
third = {{ column = "third", equals = 1 }}

[[models]]
id = "main"
estimand = "att_relative"
estimator = "twfe"
cluster = "town"
fixed_effects = ["town"]

[[models]]
id = "triple"
estimand = "att_relative"
estimator = "triple_difference"
cluster = "town"

[[models]]
id = "path"
estimand = "att_by_event_time"
estimator = "twfe_event_study"
cluster = "town"
event_bin = "quarter"
reference = -1
"""
RD = """
[design]
kind = "rd"
running_variable = { column = "age", discrete = true }
cutoff = 360
donut = 1
treated_side = "below"

[[models]]
id = "main"
estimand = "itt_at_cutoff"
estimator = "rd_robust"
cluster = "unit"
bandwidth = { fixed = 4 }
"""
STAGGERED = """
[design]
kind = "staggered_did"
cohort = { column = "adopts", never = 0 }
unbalanced = "keep"

[[models]]
id = "main"
estimand = "att"
estimator = "group_time_att"
cluster = "town"
"""
IV = """
[design]
kind = "did"
treatment = { column = "dose" }
instrument = { column = "asked" }

[[models]]
id = "main"
estimand = "late"
estimator = "iv_2sls"
fixed_effects = ["ym"]
cluster = "town"
"""
SINGLE = f"""
[design]
kind = "single_unit"
{BEFORE_2017}treated = {{ column = "one", equals = 1 }}

[[models]]
id = "main"
estimand = "att"
estimator = "synthetic_did"

"""
UNITS, MONTHS = 60, 18


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """Return persons seen in most months of 2016 and 2017, in ten towns of unlike size."""
    rows, generator = complete().astype({"y": float}), np.random.default_rng(6)
    rows.loc[generator.random(len(rows)) < 0.1, "y"] = np.nan
    return rows[generator.random(len(rows)) < 0.9].reset_index(drop=True)


def complete() -> pd.DataFrame:
    """Return the same persons, seen in every month."""
    generator = np.random.default_rng(5)
    unit, month = np.repeat(np.arange(UNITS), MONTHS), np.tile(np.arange(MONTHS), UNITS)
    town = np.minimum(unit // 3, 9)
    adopts = np.array([201607, 201701, 201703, -1])[town % 4]
    rows = pd.DataFrame(
        {
            "unit": unit,
            "ym": np.where(month < 12, 201601 + month, 201701 + month - 12),
            "month": month,
            "town": town,
            "treated": (unit % 4 == 0).astype(int),
            "third": (unit % 3 == 0).astype(int),
            "age": 345 + (unit * 7) % 23 + month,
            "adopts": np.maximum(adopts, 0),
            "y": generator.integers(0, 2, len(unit)),
            "asked": (unit % 5 == 0) & (month >= 12),
            "one": unit == 3,
        }
    ).astype({"asked": int, "one": int})
    rows["dose"] = np.where(rows.asked == 1, generator.integers(0, 2, len(rows)), 0)
    return rows


def fits(folder: Path, text: str, rows: pd.DataFrame, engine: str) -> dict[str, Fit]:
    """Return the fit of every model."""
    rows.to_csv(folder / "rows.csv", index=False)
    (folder / "support.toml").write_text(HEAD + text)
    spec = ad.load_spec(folder / "support.toml")
    supply = supply_of(Request(spec, engine=engine), Clock(lambda stage: None))
    found = fit_models(spec, supply)
    assert not any(one.failures for one in found), [one.failures for one in found]
    if engine == "auto" and text != STAGGERED:
        assert all(one.engines["y"].name == "cells" for one in found), found[0].engines
    return {one.model.id: one.fits["y"] for one in found}


def smallest(groups: list[pd.DataFrame], column: str | None = None) -> int:
    """Return the rows, or distinct values, of the smallest group."""
    return min(len(one) if column is None else one[column].nunique() for one in groups)


def by_hand(groups: list[pd.DataFrame]) -> dict[str, int]:
    """Return what must stand behind a comparison of groups."""
    every = pd.concat(groups)
    return {
        "support_rows": smallest(groups),
        "support_units": smallest(groups, "unit"),
        "support_clusters": smallest(groups, "town"),
        "events": min(int(one.y.sum()) for one in groups),
        "non_events": min(int((1 - one.y).sum()) for one in groups),
        "rows": len(every),
    }


def split(rows: pd.DataFrame, *columns: str) -> list[pd.DataFrame]:
    return [one for _, one in rows.groupby(list(columns))]


@pytest.mark.parametrize("engine", ["auto", "microdata"])
def test_difference_in_differences(tmp_path, frame, engine):
    found = fits(tmp_path, DID, frame, engine)
    rows = frame.dropna(subset=["y"]).assign(post=lambda one: one.month >= 12)
    main = found["main"].support[0]
    expected = by_hand(split(rows, "treated", "post"))
    assert {name: main[name] for name in expected} == expected
    assert main["units"] == rows.unit.nunique() and main["clusters"] == 10
    before = rows[(rows.treated == 1) & ~rows.post]
    assert found["main"].baseline["units"] == before.unit.nunique()
    assert found["main"].baseline["events"] == before.y.sum()
    level = rows.groupby("town").unit.nunique().min()
    if engine == "microdata":
        assert main["smallest_cluster"] == found["main"].left_out["difference_units"] == level
        with_one = [one[one.y == 1] for one in split(rows, "treated", "post")]
        assert main["event_units"] == smallest(with_one, "unit")
    else:
        fullest = rows.groupby(["town", "ym"]).size().groupby("town").max().min()
        assert main["smallest_cluster_at_least"] == fullest <= level
    triple, expected = found["triple"].support[0], by_hand(split(rows, "treated", "post", "third"))
    assert {name: triple[name] for name in expected} == expected
    quarter = rows.assign(quarter=(rows.month - 12) // 3)
    for term, counts in zip(found["path"].terms, found["path"].support, strict=True):
        part = quarter[quarter.quarter.isin((term.event_time, -1))]
        expected = by_hand(split(part, "treated", "quarter"))
        del expected["rows"]
        assert {name: counts[name] for name in expected} == expected


@pytest.mark.parametrize("engine", ["auto", "microdata"])
def test_sides_of_a_cutoff(tmp_path, frame, engine):
    found = fits(tmp_path, RD, frame, engine)["main"]
    rows = frame.dropna(subset=["y"]).assign(x=lambda one: one.age - 360)
    # The triangular kernel gives no weight at the bandwidth itself, and the cutoff is in the donut.
    inside = rows[(rows.x.abs() < 4) & (rows.x.abs() >= 1)].assign(above=lambda one: one.x >= 0)
    expected = by_hand(split(inside, "above"))
    del expected["rows"], expected["support_clusters"]
    assert {name: found.support[0][name] for name in expected} == expected


@pytest.mark.parametrize("engine", ["auto", "microdata"])
def test_cohorts_in_periods(tmp_path, frame, engine):
    found = fits(tmp_path, STAGGERED, frame, engine)["main"]
    rows = frame.dropna(subset=["y"]).assign(first=lambda one: one.adopts.replace(0, 999999))
    blocks = [
        (term, counts)
        for term, counts in zip(found.terms, found.support, strict=True)
        if term.cohort and term.period
    ]
    assert len(blocks) > 20
    for term, counts in blocks:
        cohort, period = int(term.cohort), int(term.period)
        then = rows[rows.ym == period]
        own, others = (
            then[then["first"] == cohort],
            then[(then["first"] > period) & (then["first"] != cohort)],
        )
        before = rows[(rows["first"] == cohort) & (rows.ym < cohort) & (rows.ym != period)]
        units = smallest([own, others, before], "unit")
        # In cells the months before may hold more persons than the fullest of them shows.
        known = counts.get("support_units", counts.get("support_units_at_least"))
        assert known == units if "support_units" in counts else known <= units
        assert counts["support_rows"] == smallest([own, others, before])
        assert counts["support_clusters"] == smallest([own, others, before], "town")


def test_instruments_and_single_units(tmp_path, frame):
    found = fits(tmp_path, IV, frame, "microdata")["main"].support[0]
    rows = frame.dropna(subset=["y"])
    expected = by_hand(split(rows, "asked"))
    assert {name: found[name] for name in expected} == expected
    single = fits(tmp_path, SINGLE, complete(), "microdata")["main"].support[0]
    assert single["support_units"] == 1 and single["units"] == UNITS


def setting(**more):
    design = DidDesign.model_validate(
        {
            "kind": "did", "reform_date": dt.date(2017, 1, 1),
            "treated": {"column": "t", "equals": 1},
        }
    )  # fmt: skip
    inference = Inference(("town",), "cr1")
    return Setting("att", inference, (), (), design, OptionsModel(), unit="unit", **more)


def amounts() -> ModelData:
    unit = np.array([0, 0, 1, 1, 2, 2, 3, 3])
    return ModelData(
        "y", np.array([1.0, -60, 1, 20, 2, 5, 2, 5]), pd.DataFrame({"town": unit // 2}),
        unit=unit, period=np.tile([0, 1], 4), treated=(unit < 2) * 1.0,
        post=np.tile([0.0, 1], 4), event_time=np.tile([-1.0, 0], 4),
    )  # fmt: skip


def test_the_largest_units_of_an_amount():
    fit = Fit((Term(1.0, None, None, None, None),), 8, 4, 2)
    counts = supported(fit, amounts(), setting(), "nok").support[0]
    # Of the treated after the reform one has 60 of 80 kroner; signs do not matter.
    assert counts["largest_share"] == 0.75 and counts["two_largest_share"] == 1.0
    assert "largest_share" not in supported(fit, amounts(), setting(), "binary").support[0]


def test_groups_of_persons_count_persons():
    fit = Fit((Term(1.0, None, None, None, None),), 8, 4, 2)
    weight = np.array([30.0, 25, 40, 40, 9, 11, 7, 8])
    data = amounts().__class__(**{**vars(amounts()), "weight": weight})
    counts = supported(fit, data, setting(), "", grouped=True).support[0]
    assert counts["rows"] == 170 and counts["support_rows"] == 16
    assert counts["support_units"] == 16 and counts["units_at_least"] == 86


def test_rows_that_an_estimator_leaves_out_are_not_counted():
    fit = Fit((Term(1.0, None, None, None, None),), 6, None, 2)
    counts = supported(fit, amounts(), setting(), "").support[0]
    assert "support_units" not in counts and "units" not in counts and counts["rows"] == 6


def test_the_least_of_several():
    one = {"rows": 9, "units": 5, "largest_share": 0.2, "events": 3}
    other = {"rows": 8, "units_at_least": 4, "largest_share": 0.4}
    expected = {"rows": 8, "units_at_least": 4, "largest_share": 0.4, "events": 3}
    assert least([one, other]) == expected
    assert least([one, {"rows": 8}]) == {"rows": 8, "largest_share": 0.2, "events": 3}
    assert least([one, {**other, "units_at_least": 7}])["units"] == 5
    assert least([]) == {}
