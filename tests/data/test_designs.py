"""Roles: who is treated and when, which cohort, how far from the cutoff."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evaluation.errors import DataError

NAN, INF = np.nan, np.inf
MONTHLY = {"time": "ym", "time_unit": "month"}
REFORM = dt.date(2017, 1, 1)


@pytest.fixture
def ageing() -> pd.DataFrame:
    """Person 1 turns 360 months in February 2017, person 2 is a year older; group switches."""
    ym = [201611, 201612, 201701, 201702, 201703]
    return pd.DataFrame(
        {
            "person": [1] * 5 + [2] * 5,
            "ym": ym * 2,
            "age_months": [357, 358, 359, 360, 361, 369, 370, 371, 372, 373],
            "office": list("aabbb") + list("bbbaa"),
            "y": 1.0,
        }
    )


# predicate, who is treated in each row of the fixture; a dot has neither side
MOMENTS = [
    ({"column": "age_months", "below": 360}, "11100 00000"),
    ({"column": "age_months", "below": 360, "assigned_at": "period_end"}, "11100 00000"),
    ({"column": "age_months", "below": 360, "assigned_at": "period_start"}, "11110 00000"),
    # 358 and 370 in December 2016, 360 and 372 in February 2017: fixed for life.
    ({"column": "age_months", "below": 359, "assigned_at": {"date": dt.date(2016, 12, 9)}},
     "11111 00000"),
    ({"column": "age_months", "at_least": 371, "assigned_at": {"date": dt.date(2017, 2, 1)}},
     "00000 11111"),
    ({"column": "age_months", "below": 403, "assigned_at": {"date": dt.date(2019, 11, 1)}},
     "11111 00000"),
    ({"column": "office", "equals": "a"}, "11000 00011"),
    # One month earlier: the first month of each person has no earlier one and no side.
    ({"column": "office", "equals": "a", "assigned_at": "period_start"}, ".1100 .0001"),
    ({"column": "office", "equals": "a", "assigned_at": {"date": dt.date(2016, 11, 1)}},
     "11111 00000"),
    ({"column": "office", "equals": "b", "missing": False, "assigned_at": "period_start"},
     "00011 01110"),
]  # fmt: skip


@pytest.mark.parametrize(("predicate", "sides"), MOMENTS, ids=str)
def test_assigned_at(tiny, ageing, predicate: dict[str, Any], sides: str) -> None:
    from evaluation.data.designs._moments import holds, undecided
    from evaluation.data.panel import read_panel
    from evaluation.data.sources.frame import Frame

    design = {"kind": "did", "reform_date": REFORM, "treated": predicate}
    spec = tiny.spec(panel=MONTHLY, design=design)
    panel = read_panel(spec, Frame(ageing))
    found = np.where(holds(panel, spec.design.treated, "design.treated"), "1", "0")
    found[undecided(panel, spec.design.treated, "design.treated")] = "."
    assert "".join(found) == sides.replace(" ", "")


def test_quarters_step_back_three_months(tiny, ageing) -> None:
    design = {
        "kind": "did",
        "reform_date": REFORM,
        "treated": {"column": "age_months", "below": 359, "assigned_at": "period_start"},
    }
    prepared = tiny.prepare(ageing, panel={**MONTHLY, "period": "quarter"}, design=design)
    assert prepared.panel.frame["age_months"].tolist() == [358, 361, 370, 373]
    assert prepared.roles.treated.tolist() == [1, 1, 0, 0]


# panel, predicate, words of the line
NO_MOMENT = [
    ({"time": "ym", "time_unit": "integer"}, {"assigned_at": "period_start"}, "counts months"),
    ({"time": "ym", "time_unit": "integer"}, {"assigned_at": {"date": REFORM}}, "counts months"),
    ({"time": None}, {"assigned_at": "period_start"}, "needs panel.time"),
    ({**MONTHLY, "unit": None}, {"column": "office", "below": None, "equals": "a",
                                 "assigned_at": "period_start"}, "needs panel.unit"),
]  # fmt: skip


@pytest.mark.parametrize(("panel", "keys", "words"), NO_MOMENT)
def test_moments_that_do_not_exist(tiny, ageing, panel, keys, words) -> None:
    predicate = {"column": "age_months", "below": 360, **keys}
    predicate = {key: value for key, value in predicate.items() if value is not None}
    design = {
        "kind": "did",
        "treated": predicate,
        "post": {"column": "ym", "at_least": 201701},
    }
    with pytest.raises(DataError, match=f"design.treated.assigned_at: {words}"):
        tiny.prepare(ageing.drop_duplicates("person") if "time" in panel and panel["time"] is None
                     else ageing, panel=panel, design=design)  # fmt: skip


def test_difference_in_differences(tiny, four) -> None:
    roles = tiny.prepare(four).roles
    assert roles.treated.tolist() == [0] * 6 + [1] * 6
    assert roles.post.tolist() == [0, 1, 1] * 4
    assert roles.event_time.tolist() == [-1, 0, 1] * 4


def test_a_missing_group_or_date_has_no_role(tiny, four, flow_of) -> None:
    four["group"] = four["group"].astype(float)
    four["phase"] = four["year"].astype(float)
    four.loc[0, "group"] = NAN
    four.loc[4, "phase"] = NAN
    design = {
        "kind": "did",
        "treated": {"column": "group", "equals": 1},
        "post": {"column": "phase", "at_least": 2},
    }
    prepared = tiny.prepare(four, design=design)
    assert flow_of(prepared)[-1] == ("without rows that lack a group or date", 10, 4)
    asked = {**design, "treated": {"column": "group", "missing": True}}
    asked["control"] = {"column": "group", "equals": 0}
    with pytest.raises(DataError, match="treated group has no rows after"):
        tiny.prepare(four, design=asked)


# design, words of the line
EMPTY_SIDES = [
    ({"treated": {"column": "group", "equals": 7}}, "the treated group has no rows before"),
    ({"control": {"column": "group", "equals": 7}}, "the control group has no rows before"),
    ({"post": {"column": "year", "at_least": 7}}, "the treated group has no rows after"),
    ({"post": {"column": "year", "at_least": 0}}, "the treated group has no rows before"),
]


@pytest.mark.parametrize(("keys", "words"), EMPTY_SIDES)
def test_an_empty_side_is_named(tiny, four, keys, words) -> None:
    design = {
        "kind": "did",
        "treated": {"column": "group", "equals": 1},
        "post": {"column": "year", "at_least": 2},
        **keys,
    }
    with pytest.raises(DataError, match=words):
        tiny.prepare(four, design=design)


def staggered(never: Any, values: list[Any]) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return a panel of one unit a cohort over years 1 to 3, and its design."""
    frame = pd.DataFrame(
        {
            "person": np.repeat(np.arange(len(values)), 3),
            "year": np.tile([1, 2, 3], len(values)),
            "first": pd.Series(values).repeat(3).to_numpy(),
            "y": 1.0,
        }
    )
    cohort = {"column": "first"} | ({} if never is None else {"never": never})
    models = [{"id": "cs", "estimand": "att_gt", "estimator": "group_time_att"}]
    return frame, {"design": {"kind": "staggered_did", "cohort": cohort}, "models": models}


# never, the column, cohorts
COHORTS: list[tuple[Any, list[Any], list[float]]] = [
    (0, [2, 3, 0], [2, 3, INF]),
    (0, [2.0, 3.0, 0.0], [2, 3, INF]),
    (INF, [2.0, 3.0, INF], [2, 3, INF]),
    ("missing", [2.0, 3.0, NAN], [2, 3, INF]),
    (9999, [2, 9999, 9999], [2, INF, INF]),
    (None, [2, 3, 3], [2, 3, 3]),
]


@pytest.mark.parametrize(("never", "values", "cohorts"), COHORTS, ids=str)
def test_cohorts(tiny, never, values, cohorts) -> None:
    frame, changes = staggered(never, values)
    roles = tiny.prepare(frame, **changes).roles
    expected = np.repeat(cohorts, 3)
    assert roles.cohort.tolist() == expected.tolist()
    time = np.tile([1, 2, 3], len(values)) - expected
    np.testing.assert_array_equal(roles.event_time, np.where(np.isinf(expected), NAN, time))
    assert roles.post.tolist() == (time >= 0).tolist()
    assert roles.treated.tolist() == np.isfinite(expected).tolist()
    assert roles.cohort_labels == {int(c): str(int(c)) for c in cohorts if c != INF}


# never, the column, words of the line
NO_COHORTS: list[tuple[Any, list[Any], str]] = [
    (0, [2.0, NAN, 0.0], "3 rows lack a cohort; set never = 'missing'"),
    (None, [2.0, 3.0, NAN], "3 rows lack a cohort"),
    (0, [0, 0, 0], "no row belongs to a treated cohort; check never"),
    (0, [2.5, 3.0, 0.0], "no whole numbers"),
    (None, [2.0, 3.0, INF], "no whole numbers"),
]


@pytest.mark.parametrize(("never", "values", "words"), NO_COHORTS, ids=str)
def test_cohorts_refused(tiny, never, values, words) -> None:
    frame, changes = staggered(never, values)
    with pytest.raises(DataError) as caught:
        tiny.prepare(frame, **changes)
    assert words in str(caught.value)


def test_a_cohort_is_one_date_a_unit(tiny) -> None:
    frame, changes = staggered(0, [2, 3, 0])
    frame.loc[1, "first"] = 3
    with pytest.raises(DataError, match="varies over time in 1 units"):
        tiny.prepare(frame, **changes)


def test_cohorts_of_months_fall_into_quarters(tiny) -> None:
    frame = pd.DataFrame(
        {"person": 1, "ym": [201701, 201704, 201707], "first": 201705, "y": [1.0, 2, 3]}
    )
    frame = pd.concat([frame, frame.assign(person=2, first=201710)])
    _, changes = staggered(None, [2])
    roles = tiny.prepare(frame, panel={**MONTHLY, "period": "quarter"}, **changes).roles
    assert roles.event_time.tolist() == [-1, 0, 1, -3, -2, -1]
    assert list(roles.cohort_labels.values()) == ["2017Q2", "2017Q4"]


AT_CUTOFF = {
    "kind": "rd",
    "running_variable": {"column": "score", "discrete": True},
    "cutoff": 10,
    "treated_side": "above",
}
RD_MODEL = [{"id": "rd", "estimand": "itt_at_cutoff", "estimator": "rd_robust"}]

# donut, what is left of the running variable
DONUTS = [
    (None, [-3, -2, -1, 0, 1, 2, 3]),
    (1, [-3, -2, -1, 1, 2, 3]),
    (2, [-3, -2, 2, 3]),
    (3, [-3, 3]),
]


def scores(tiny, values: list[float], **keys: Any):
    frame = pd.DataFrame({"score": values, "y": 1.0})
    panel = {"unit": None, "time": None}
    return tiny.prepare(frame, panel=panel, design={**AT_CUTOFF, **keys}, models=RD_MODEL)


@pytest.mark.parametrize(("donut", "left"), DONUTS)
def test_donut(tiny, flow_of, donut, left) -> None:
    values = [7, 8, 9, 10, 11, 12, 13, NAN]
    prepared = scores(tiny, values, **({} if donut is None else {"donut": donut}))
    assert prepared.roles.running.tolist() == left
    assert flow_of(prepared)[-1][1] == len(left)


# scores, donut, words of the line
ONE_SIDED = [
    ([7, 8], None, "no rows lie above 10: it is outside the values"),
    ([10, 11], None, "every row lies on the treated side of the cutoff"),
    ([9, 10, 12], 2, "every row lies on the treated side of the cutoff"),
]


@pytest.mark.parametrize(("values", "donut", "words"), ONE_SIDED)
def test_both_sides_have_rows(tiny, values, donut, words) -> None:
    with pytest.raises(DataError) as caught:
        scores(tiny, values, **({} if donut is None else {"donut": donut}))
    assert words in str(caught.value)


# treated side, exposure of scores 8 to 12, share above the cutoff
EXPOSURES = [
    ("above", [0, 0, 0.25, 1, 1], [0, 0, 0.25, 1, 1]),
    ("below", [1, 1, 0.25, 0, 0], [0, 0, 0.75, 1, 1]),
    ("below", [1, 1, 1, 0, 0], [0, 0, 0, 1, 1]),
]


@pytest.mark.parametrize(("side", "exposure", "above"), EXPOSURES)
def test_exposure_is_the_share_on_the_treated_side(tiny, side, exposure, above) -> None:
    frame = pd.DataFrame({"score": [8.0, 9, 10, 11, 12, NAN], "y": 1.0, "e": [*exposure, NAN]})
    design = {**AT_CUTOFF, "treated_side": side, "exposure": "e"}
    panel = {"unit": None, "time": None}
    roles = tiny.prepare(frame, panel=panel, design=design, models=RD_MODEL).roles
    assert roles.share_above.tolist() == above
    assert roles.running.tolist() == [-2, -1, 0, 1, 2]


def test_exposures_that_cannot_be_are_counted(tiny) -> None:
    frame = pd.DataFrame(
        {
            "score": [7, 8, 9, 10, 11, 12, 13, 13],
            "e": [0.5, -0.5, NAN, 0.5, 0.75, 1.5, 0.5, 1.0],
            "y": 1.0,
        }
    )
    with pytest.raises(DataError) as caught:
        design = {**AT_CUTOFF, "exposure": "e"}
        tiny.prepare(frame, panel={"unit": None, "time": None}, design=design, models=RD_MODEL)
    words = ["missing in 1 rows", "outside 0 to 1 in 2 rows", "not 0 in 1 rows", "not 1 in 2 rows"]
    for word, line in zip(words, caught.value.faults, strict=True):
        assert word in line


def test_rows_at_the_cutoff_are_no_side_where_exposure_parts_them(tiny) -> None:
    frame = pd.DataFrame({"score": [8, 9, 10], "e": [0, 0, 0.5], "y": 1.0})
    with pytest.raises(DataError, match="no rows lie above 10"):
        design = {**AT_CUTOFF, "exposure": "e"}
        tiny.prepare(frame, panel={"unit": None, "time": None}, design=design, models=RD_MODEL)
