"""Raw trends, first stages, cohorts and dates: the plain means and counts of the rows."""

from __future__ import annotations

import datetime as dt
from contextlib import nullcontext

import numpy as np
import pandas as pd
import pytest

from evaluation.catalogue import catalogue
from evaluation.estimators.supplying import Request, supply_of
from evaluation.report.observed.registry import observed_points
from evaluation.spec.loader import build_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import Settings

MONTHS = [201610, 201611, 201612, 201701, 201702]
QUARTERS = [201601, 201604, 201607, 201610]


def spec_of(design, model, **tables):
    whole = {
        "schema_version": 1,
        "id": "tiny",
        "title": "Tiny",
        "panel": {"source": "file", "path": "x.csv", "unit": "unit", "time": "ym",
                  "time_unit": "month", "period": "month"},
        "outcomes": {"y": {"column": "y", "kind": "continuous"}},
        "design": design,
        "models": [{"id": "main", "variance": "hc1", **model}],
        **tables,
    }  # fmt: skip
    return build_spec(
        whole, catalogue(), settings=Settings({}, ()), origin=Origin(), label="tiny.toml",
        with_paths=False,
    )  # fmt: skip


def did():
    design = {
        "kind": "did",
        "reform_date": dt.date(2017, 1, 1),
        "treated": {"column": "young", "equals": 1},
    }
    bound = {"outcome": "y", "unit": "per_condition", "first_stage": "hours", "value": 0.1}
    model = {"estimand": "att_relative", "estimator": "twfe"}
    return spec_of(design, model, smallest_effect_of_interest=[bound])


def staggered(**cohort):
    design = {"kind": "staggered_did", "cohort": cohort, "control_group": "not_yet_treated"}
    model = {"estimand": "att_by_event_time", "estimator": "group_time_att"}
    panel = {"source": "file", "path": "x.csv", "unit": "unit", "time": "ym",
             "time_unit": "month", "period": "quarter"}  # fmt: skip
    return spec_of(design, model, panel=panel)


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(4)
    rows = [(unit, ym) for unit in range(40) for ym in MONTHS]
    frame = pd.DataFrame(rows, columns=["unit", "ym"])
    frame["young"] = (frame["unit"] % 3 == 0).astype(int)
    frame["hours"] = rng.integers(0, 5, len(frame)).astype(float)
    frame["y"] = rng.normal(size=len(frame))
    frame.loc[rng.random(len(frame)) < 0.1, "y"] = np.nan
    return frame


@pytest.fixture(scope="module")
def towns():
    rng = np.random.default_rng(5)
    rows = [(unit, ym) for unit in range(24) for ym in QUARTERS]
    frame = pd.DataFrame(rows, columns=["unit", "ym"])
    when = np.array([201604, 201607, 0, 201601])
    frame["adopted"] = when[frame["unit"] % 4]
    frame["low"] = frame["adopted"]
    frame["high"] = np.where(frame["unit"] % 8 == 0, 201607, frame["adopted"])
    frame["y"] = rng.normal(size=len(frame))
    return frame


def observed(spec, frame, engine):
    supply = supply_of(Request(spec, frame, engine=engine), lambda stage: nullcontext())
    found = observed_points(supply, spec, ())
    return {name: pd.DataFrame(one.rows, columns=one.columns) for name, one in found.items()}


@pytest.mark.parametrize("engine", ["auto", "microdata"])
def test_trends_are_the_means_of_the_rows(frame, engine):
    found = observed(did(), frame, engine)
    assert set(found) == {"trends_y", "first_stage_hours"}
    for name, column in (("trends_y", "y"), ("first_stage_hours", "hours")):
        seen = frame.dropna(subset=[column])
        for group, young in (("treated", 1), ("control", 0)):
            expected = seen[seen["young"] == young].groupby("ym")[column].agg(["mean", "size"])
            shown = found[name][found[name]["group"] == group]
            assert list(shown["period"]) == [str(one) for one in MONTHS]
            assert list(shown["mean"]) == pytest.approx(list(expected["mean"]), abs=1e-12)
            assert list(shown["rows"]) == list(expected["size"])
            assert list(shown["post"]) == [0, 0, 0, 1, 1]


@pytest.mark.parametrize("engine", ["auto", "microdata"])
def test_cohorts_and_dates_are_counted(towns, engine):
    found = observed(staggered(column="adopted", never=0), towns,
                     engine)  # fmt: skip
    first = towns[towns["ym"] == 201601].groupby("adopted")["y"].mean()
    shown = found["cohorts"].set_index("cohort")
    assert list(shown.index) == ["2016Q2", "2016Q3", "never"]
    expected = [first[201604], first[201607], first[0]]
    assert list(shown["mean"]) == pytest.approx(expected, abs=1e-12)
    assert set(shown["rows"]) == {6} and set(shown["last_period"]) == {"2016Q1"}
    dates = found["adoption"]
    assert list(dates["earliest"].fillna("never")) == ["2016Q1", "2016Q2", "2016Q3", "never"]
    assert list(dates["rows"]) == [24] * 4 and list(dates["never"]) == [0, 0, 0, 1]
    groups = list(dict.fromkeys(found["trends_y"]["group"]))
    assert groups == ["wave", "always", "never"]


@pytest.mark.parametrize("unknown", ["exclude", "draw"])
def test_half_known_dates_are_intervals_also_where_they_are_left_out(towns, unknown):
    seed = {"seed": 1} if unknown == "draw" else {}
    spec = staggered(earliest="low", latest="high", never=0, unknown=unknown,
                     before_window="always_treated", **seed)  # fmt: skip
    dates = observed(spec, towns, "microdata")["adoption"]
    (half,) = dates[dates["earliest"] != dates["latest"]].dropna(subset=["earliest"]).itertuples()
    assert (half.earliest, half.latest, half.units, half.rows) == ("2016Q2", "2016Q3", 3, 12)
    assert dates["rows"].sum() == len(towns) and dates["units"].sum() == 24
