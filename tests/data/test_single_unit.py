"""One treated unit: who it is, since when, and which units may stand in for it."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from evaluation.errors import DataError, SpecError

MONTHS = [201411, 201412, 201501, 201502]
MONTHLY = {"unit": "town", "time": "ym", "time_unit": "month"}
CITY = {"column": "town", "equals": "c"}
MODEL = [{"id": "main", "estimand": "att", "estimator": "synthetic_control"}]


def design(**changes):
    return {
        "kind": "single_unit", "treated": CITY, "reform_date": dt.date(2015, 1, 1), **changes
    }  # fmt: skip


@pytest.fixture
def towns() -> pd.DataFrame:
    """Towns a to f in four months; c is treated, d adopts inside, e at a time nobody knows."""
    adopted = {"a": 201701, "b": 209901, "c": 201501, "d": 201502, "e": np.nan, "f": 201503}
    names = np.repeat(list("abcdef"), 4)
    return pd.DataFrame(
        {
            "town": names,
            "ym": MONTHS * 6,
            "adopted": [adopted[name] for name in names],
            "coast": [int(name in "abcf") for name in names],
            "y": np.arange(24.0),
        }
    )


def test_roles(tiny, towns):
    found = tiny.prepare(towns, panel=MONTHLY, design=design(), models=MODEL)
    assert len(found.panel.frame) == 24 and len(found.panel.flow) == 1
    roles = found.roles
    assert roles.treated.tolist() == [float(name == "c") for name in towns["town"]]
    assert roles.event_time.reshape(6, 4).tolist() == [[-2, -1, 0, 1]] * 6
    assert roles.post.reshape(6, 4).tolist() == [[0, 0, 1, 1]] * 6


# donors, towns that are left, the last words of the flow
SCREENS = [
    ({}, "abcdef", None),
    ({"keep": [{"column": "coast", "equals": 1}]}, "abcf", "2 fail keep on coast"),
    ({"screen": {"column": "adopted"}}, "abcf",
     "1 adopt at an unknown time, 1 adopt by the last period"),
    ({"screen": {"column": "adopted", "never": "missing"}}, "abcef", "1 adopt by the last period"),
    ({"screen": {"column": "adopted", "never": 201502}}, "abcdf", "1 adopt at an unknown time"),
    ({"keep": [{"column": "y", "above": 2.0}]}, "bcdef", "1 fail keep on y"),
    ({"keep": [{"column": "coast", "equals": 1}], "screen": {"column": "adopted"}}, "abcf",
     "2 fail keep on coast"),
]  # fmt: skip


@pytest.mark.parametrize(("donors", "left", "words"), SCREENS, ids=str)
def test_donors(tiny, towns, donors, left, words):
    found = tiny.prepare(towns, panel=MONTHLY, design=design(donors=donors), models=MODEL)
    assert "".join(found.panel.frame["town"].unique()) == left
    if words is not None:
        assert found.panel.flow[-1].step == f"without units that are no donors: {words}"
    assert found.panel.flow[-1].units == len(left)


def test_dates_beyond_the_last_period_are_not_adoption(tiny, towns):
    window = [dt.date(2014, 11, 1), dt.date(2015, 1, 31)]
    found = tiny.prepare(
        towns, panel={**MONTHLY, "window": window}, models=MODEL,
        design=design(donors={"screen": {"column": "adopted"}}),
    )  # fmt: skip
    assert "".join(found.panel.frame["town"].unique()) == "abcdf"


def test_post_by_a_column(tiny, towns):
    post = {"column": "ym", "at_least": 201502}
    found = tiny.prepare(
        towns, panel=MONTHLY, design=design(reform_date=None, post=post), models=MODEL
    )
    assert found.roles.event_time[:4].tolist() == [-3, -2, -1, 0]


REFUSED = [
    ({"treated": {"column": "coast", "equals": 1}}, "4 of 6 units are treated"),
    ({"treated": {"column": "town", "equals": "nowhere"}}, "0 of 6 units are treated"),
    ({"treated": {"column": "y", "above": 21.0}}, "does not hold in 2 of 4 rows of its unit"),
    ({"reform_date": dt.date(2020, 1, 1)}, "no rows after the reform"),
    ({"reform_date": dt.date(2014, 1, 1)}, "no rows before the reform"),
    ({"reform_date": None, "post": {"column": "ym", "equals": 201412}}, "ends again"),
    ({"reform_date": None, "post": {"column": "coast", "equals": 1}}, "parts 8 rows from others"),
    ({"reform_date": None, "post": {"column": "ym", "above": 201512}}, "holds in no row"),
    ({"donors": {"keep": [{"column": "town", "one_of": ["a"]}]}},
     r"1 of 5 units are left as donors, and a comparison needs two \(left out: 4 fail keep"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "words"), REFUSED, ids=str)
def test_refusals(tiny, towns, changes, words):
    with pytest.raises(DataError, match=words) as caught:
        tiny.prepare(towns, panel=MONTHLY, design=design(**changes), models=MODEL)
    assert len(caught.value.faults) == 1


def test_persons_become_towns(tiny):
    generator = np.random.default_rng(1)
    person = np.arange(60)
    town = np.array(list("abcdef"))[np.minimum(person // 8, 5)]
    frame = pd.DataFrame(
        {
            "person": np.repeat(person, 4),
            "town": np.repeat(town, 4),
            "ym": MONTHS * 60,
            "y": generator.integers(0, 2, 240),
        }
    )
    frame = frame.iloc[1:]  # a has seven persons in the first month
    tables = {
        "panel": {**MONTHLY, "unit": "person"},
        "sample": {"rows": {"by": ["town"]}},
        "models": MODEL,
    }
    with pytest.raises(DataError, match="make persons into one unit"):
        tiny.prepare(frame, panel=tables["panel"], design=design(), models=MODEL)
    whole = tiny.prepare(frame, design=design(), **tables)
    assert len(whole.panel.frame) == 24
    found = tiny.prepare(frame, design=design(donors={"least_rows": 8}), **tables)
    assert "".join(found.panel.frame["town"].unique()) == "bcdef"
    step = "without units that are no donors: 1 have fewer than 8 rows in a period"
    assert found.panel.flow[-1].step == step


GROUPED = {"rows": {"by": ["town"]}}
RULES = [
    ({"panel": {"unit": None}}, "single_unit needs unit and time"),
    ({"design": design(post={"column": "ym", "above": 1})}, "give one of post and reform_date"),
    ({"design": design(reform_date=None)}, "give one of post and reform_date"),
    ({"design": design(donors={"least_rows": 5})}, "counts the rows behind a mean"),
    ({"panel": {"weight": "w"}}, "panel.weight: donors are weighted by the fit"),
    ({"design": design(donors={"screen": {"column": "adopted", "never": "no"}})},
     "allowed: a number, inf, or 'missing'"),
    ({"models": [{**MODEL[0], "cluster": "town"}]}, "no clustered standard error"),
    ({"models": [{**MODEL[0], "variance": "hc1"}]}, "inference is by placebo"),
    ({"models": [{**MODEL[0], "estimator": "twfe"}]}, "does not fit design.kind 'single_unit'"),
    ({"models": [{**MODEL[0], "estimand": "late"}]}, "does not give 'late'"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "words"), RULES, ids=str)
def test_rules(tiny, changes, words):
    tables = {"design": design(), "models": MODEL, **changes}
    tables["panel"] = {**MONTHLY, **changes.get("panel", {})}
    with pytest.raises(SpecError, match=words) as caught:
        tiny.spec(**tables)
    assert len(caught.value.faults) == 1


def test_grouped_rows_need_no_unit_of_their_own(tiny):
    grouped = {"design": design(donors={"least_rows": 5}), "models": MODEL, "sample": GROUPED}
    tiny.spec(panel={**MONTHLY, "unit": None}, **grouped)
    tiny.spec(panel={**MONTHLY, "weight": "w"}, **grouped)
