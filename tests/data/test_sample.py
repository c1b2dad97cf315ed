"""The sample: each step counted, bounds inside, months made quarters, rows made groups."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evaluation.data.panel import read_panel
from evaluation.data.sample import select_rows
from evaluation.data.sources.frame import Frame
from evaluation.errors import DataError

MONTHLY = {"time": "ym", "time_unit": "month"}
REFORM = {
    "kind": "did",
    "reform_date": dt.date(2017, 4, 1),
    "treated": {"column": "group", "equals": 1},
}


@pytest.fixture
def months() -> pd.DataFrame:
    """Four persons over the first half of 2017; person 4 lacks February."""
    rows = [
        {
            "person": person,
            "ym": 201700 + month,
            "group": int(person > 2),
            "y": person * 100.0 + month,
            "muni": "0301" if person % 2 else "1103",
            "age_months": 300 + month,
        }
        for person in (1, 2, 3, 4)
        for month in range(1, 7)
        if (person, month) != (4, 2)
    ]
    return pd.DataFrame(rows)


def test_flow(tiny, four, flow_of) -> None:
    sample = {
        "keep": [{"column": "x", "equals": 1}, {"column": "y", "above": 11}],
        "drop": [{"column": "y", "equals": 13}, {"column": "y", "equals": 999}],
        "drop_periods": [[3, 3]],
    }
    design = {"kind": "did", "treatment": {"column": "group"}}
    prepared = tiny.prepare(four, panel={"window": [1, 3]}, sample=sample, design=design)
    assert flow_of(prepared) == [
        ("rows read", 12, 4),
        ("window 1 to 3", 12, 4),
        ("keep x equals 1", 6, 2),
        ("keep y above 11", 5, 2),
        ("drop y equals 13", 4, 2),
        ("drop y equals 999", 4, 2),
        ("drop periods 3 to 3", 3, 2),
    ]


def test_rows_without_a_side_leave_last(tiny, four, flow_of) -> None:
    design = {
        "kind": "did",
        "treated": {"column": "person", "equals": 4},
        "control": {"column": "person", "at_most": 2},
        "post": {"column": "year", "at_least": 2},
    }
    prepared = tiny.prepare(four, design=design)
    assert flow_of(prepared)[-1] == ("without rows of neither group", 9, 3)
    assert len(prepared.roles.treated) == len(prepared.panel.frame) == 9


def test_an_empty_sample_tells_its_flow(tiny, four) -> None:
    with pytest.raises(DataError) as caught:
        tiny.prepare(four, sample={"keep": [{"column": "y", "above": 1000}]})
    assert "no rows are left (rows read: 12; keep y above 1000: 0)" in str(caught.value)


# window or dropped interval, months left
INTERVALS = [
    ((dt.date(2017, 2, 1), dt.date(2017, 4, 30)), {2, 3, 4}),
    ((dt.date(2017, 2, 15), dt.date(2017, 4, 1)), {2, 3, 4}),
    ((dt.date(2017, 3, 31), dt.date(2017, 3, 31)), {3}),
    ((dt.date(2016, 1, 1), dt.date(2017, 12, 31)), {1, 2, 3, 4, 5, 6}),
]


@pytest.mark.parametrize(("interval", "inside"), INTERVALS, ids=str)
def test_bounds_are_inclusive(tiny, months, interval, inside) -> None:
    design = {"kind": "did", "treatment": {"column": "group"}}

    def left(**changes: Any) -> set[int]:
        prepared = tiny.prepare(months, design=design, **changes)
        return set(prepared.panel.frame["ym"] - 201700)

    assert left(panel={**MONTHLY, "window": list(interval)}) == inside
    if len(inside) < 6:
        dropped = left(panel=MONTHLY, sample={"drop_periods": [list(interval)]})
        assert dropped == {1, 2, 3, 4, 5, 6} - inside


def test_dates_do_not_meet_integers(tiny, four) -> None:
    with pytest.raises(DataError, match="found dates, but the panel's time is whole numbers"):
        tiny.prepare(four, panel={"window": [dt.date(2017, 1, 1), dt.date(2018, 1, 1)]})


# rows, denominator, persons left of the table below
KINDS = [
    ("person_month", "population", [1, 2, 3, 4, 5, 6]),
    ("person_month", "recipients", [2, 4, 6]),
    ("entry", "population", [2]),
    ("at_risk_entry", "population", [1, 2]),
    ("at_risk_exit", "population", [3, 4]),
    ("at_risk_exit", "recipients", [3, 4]),
    ("at_risk_entry", "recipients", [2]),
    ("person_month", "main_income", [4]),
    ("person_month", "no_other_benefit", [2, 6]),
]


@pytest.mark.parametrize("nullable", [False, True], ids=["plain", "with pandas.NA"])
@pytest.mark.parametrize(("rows", "denominator", "persons"), KINDS)
def test_rows_and_denominators(tiny, rows, denominator, persons, nullable) -> None:
    nan = np.nan
    frame = pd.DataFrame(
        {
            "person": [1, 2, 3, 4, 5, 6],
            "y": 1.0,
            "group": 1.0,
            "sa_entry": [0, 1, nan, nan, nan, nan],
            "sa_exit": [nan, nan, 1, 0, nan, nan],
            "sa_received": [0, 1, 0, 1, nan, 1],
            "sa_main_income": [0, 0, 0, 1, nan, 0],
            "no_other_benefit": [0, 1, 0, 0, nan, 1],
        }
    )
    prepared = tiny.prepare(
        frame.convert_dtypes() if nullable else frame,
        panel={"time": None},
        sample={"rows": rows, "denominator": denominator},
        design={"kind": "did", "treatment": {"column": "group"}},
    )
    assert prepared.panel.frame["person"].tolist() == persons


def test_months_become_quarters(tiny, months, flow_of) -> None:
    """Outcomes are means of their months, everything else as in the last month seen."""
    prepared = tiny.prepare(
        months.sample(frac=1, random_state=1),
        panel={**MONTHLY, "period": "quarter"},
        design=REFORM,
        models=[{"id": "main", "estimand": "att", "estimator": "twfe", "cluster": "muni",
                 "keep": [{"column": "age_months", "below": 999}]}],
    )  # fmt: skip
    frame, calendar = prepared.panel.frame, prepared.panel.calendar
    assert flow_of(prepared) == [("rows read", 23, 4), ("months to quarters", 8, 4)]
    assert frame["person"].tolist() == [1, 1, 2, 2, 3, 3, 4, 4]
    labels = [calendar.label(int(one)) for one in prepared.panel.period]
    assert labels == ["2017Q1", "2017Q2"] * 4
    assert frame["y"].tolist() == [102, 105, 202, 205, 302, 305, 402, 405]
    assert frame["age_months"].tolist() == [303, 306] * 4
    assert frame["ym"].tolist() == [201703, 201706] * 4
    assert prepared.roles.post.tolist() == [0, 1] * 4
    assert prepared.roles.event_time.tolist() == [-1, 0] * 4


def test_a_missing_month_is_left_out_of_the_mean(tiny, months) -> None:
    months.loc[months["person"].eq(1) & months["ym"].eq(201703), "y"] = np.nan
    months.loc[months["person"].eq(2) & months["ym"].le(201703), "y"] = np.nan
    prepared = tiny.prepare(months, panel={**MONTHLY, "period": "quarter"}, design=REFORM)
    assert prepared.panel.frame["y"].tolist()[0] == 101.5
    assert np.isnan(prepared.panel.frame["y"].tolist()[2])


def test_days_become_months(tiny, flow_of) -> None:
    days = pd.DataFrame(
        {
            "person": [1, 1, 1, 2],
            "day": ["2017-01-31", "2017-01-05", "2017-02-01", "2017-01-07"],
            "y": [1.0, 3.0, 5.0, 7.0],
            "group": [1, 1, 1, 0],
        }
    )
    design = {"kind": "did", "treatment": {"column": "group"}}
    panel = {"time": "day", "time_unit": "date"}
    prepared = tiny.prepare(days, panel=panel, design=design)
    assert flow_of(prepared)[-1] == ("dates to months", 3, 2)
    assert prepared.panel.frame["y"].tolist() == [2, 5, 7]
    # A period has one time, the last that anybody has in it, so that effects of time are its own.
    assert prepared.panel.frame["day"].tolist() == ["2017-01-31", "2017-02-01", "2017-01-31"]


GROUPED = {"rows": {"by": ["muni"]}}
STAGGERED = {"kind": "did", "treatment": {"column": "open"}}


def test_rows_become_groups(tiny, months) -> None:
    months["open"] = months["muni"].eq("0301").astype(int)
    changes = {"panel": MONTHLY, "sample": GROUPED, "design": STAGGERED}
    prepared = tiny.prepare(months, **changes)
    panel = prepared.panel
    assert (panel.unit, panel.weight) == ("muni", "rows_in_group")
    assert panel.frame["muni"].tolist() == ["0301"] * 6 + ["1103"] * 6
    assert panel.frame["rows_in_group"].tolist() == [2, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2]
    # Persons 1 and 3, then 2 and 4; in February person 2 alone.
    assert panel.frame["y"].tolist() == [200 + m for m in range(1, 7)] + [301, 202, 303, 304, 305, 306]  # fmt: skip  # noqa: E501
    assert tiny.rows(months, **changes).weight.tolist() == panel.frame["rows_in_group"].tolist()


def test_groups_are_weighted_by_the_panels_weight(tiny, months) -> None:
    months["open"], months["pop"] = 1, months["person"].map({1: 1.0, 2: 1.0, 3: 3.0, 4: 0.0})
    prepared = tiny.prepare(
        months, panel={**MONTHLY, "weight": "pop"}, sample=GROUPED, design=STAGGERED
    )
    january = prepared.panel.frame.iloc[[0, 6]]
    assert january["y"].tolist() == [(101 + 3 * 301) / 4, 201]
    assert january["rows_in_group"].tolist() == [4, 1]


def test_what_only_the_sample_names_may_vary_inside_a_group(tiny, months) -> None:
    months["open"] = 1
    months.loc[months["person"].eq(1), "age_months"] += 1
    sample = {**GROUPED, "keep": [{"column": "age_months", "at_least": 0}]}
    prepared = tiny.prepare(months, panel=MONTHLY, sample=sample, design=STAGGERED)
    assert len(prepared.panel.frame) == 12
    assert "age_months" not in prepared.panel.frame


def test_what_the_design_names_may_not(tiny, months) -> None:
    with pytest.raises(DataError, match=r"sample.rows: column 'group' varies inside 11 groups"):
        tiny.prepare(months, panel=MONTHLY, sample=GROUPED, design=REFORM)


def test_rows_without_a_group_are_counted(tiny, months, flow_of) -> None:
    months["open"] = 1
    months.loc[months["person"].eq(1), "muni"] = None
    prepared = tiny.prepare(months, panel=MONTHLY, sample=GROUPED, design=STAGGERED)
    assert flow_of(prepared)[1:] == [("known muni", 17, 3), ("rows grouped by muni", 12, 2)]


def test_groups_of_two_columns_are_units(tiny, months) -> None:
    months["open"] = 1
    sample = {"rows": {"by": ["muni", "group"]}}
    prepared = tiny.prepare(months, panel=MONTHLY, sample=sample, design=REFORM)
    panel = prepared.panel
    assert panel.unit == "muni/group"
    assert sorted(set(panel.frame["muni/group"])) == ["0301/0", "0301/1", "1103/0", "1103/1"]
    assert prepared.roles.treated.tolist() == panel.frame["group"].tolist()
    assert len(panel.frame) == 23


def test_a_mean_over_some_rows_weighs_as_those_rows(tiny, months) -> None:
    """Groups of a partly missing outcome then give the persons' own mean."""
    months["open"] = 1
    months.loc[months["person"].eq(1) & months["ym"].le(201703), "y"] = np.nan
    data = tiny.rows(months, panel=MONTHLY, sample=GROUPED, design=STAGGERED)
    assert data.weight.tolist() == [1, 1, 1, 2, 2, 2, 2, 1, 2, 2, 2, 2]
    assert np.average(data.y, weights=data.weight) == pytest.approx(months["y"].mean())


@pytest.mark.parametrize("period", ["month", "quarter", "year"])
def test_dates_bound_the_source_s_own_time_however_long_a_period(tiny, months, period) -> None:
    prepared = tiny.prepare(
        months,
        panel={**MONTHLY, "period": period, "window": [dt.date(2017, 2, 1), dt.date(2017, 6, 30)]},
        sample={"drop_periods": [[dt.date(2017, 4, 1), dt.date(2017, 4, 30)]]},
        design={"kind": "did", "treatment": {"column": "group"}},
    )
    assert [step.rows for step in prepared.panel.flow[:3]] == [23, 19, 15]


def test_days_bound_days(tiny) -> None:
    days = pd.DataFrame(
        {"person": [1, 2], "day": ["2017-01-15", "2017-01-25"], "y": [1.0, 2.0], "group": [1, 0]}
    )
    window = [dt.date(2017, 1, 20), dt.date(2017, 2, 1)]
    panel = {"time": "day", "time_unit": "date", "window": window}
    design = {"kind": "did", "treatment": {"column": "group"}}
    assert tiny.prepare(days, panel=panel, design=design).panel.frame["person"].tolist() == [2]


def test_event_time_counts_from_the_first_post_period_of_the_data(tiny, four) -> None:
    """Dropping the first post period does not move the others."""
    sample = {"drop_periods": [[2, 2]]}
    data = tiny.rows(four, sample=sample)
    assert sorted(set(data.event_time)) == [-1.0, 1.0]


def test_one_row_a_person(tiny, four) -> None:
    """The first that the other steps leave: 2 for those whose first year is dropped."""
    sample = {"rows": "person", "keep": [{"column": "y", "not_equals": 31.0}]}
    panel = select_rows(read_panel(tiny.spec(sample=sample), Frame(four)), tiny.spec(sample=sample))
    assert panel.frame["year"].tolist() == [1, 1, 2, 1]
    assert panel.flow[-1].step == "rows person: the first of each unit"
    assert panel.flow[-1].rows == panel.flow[-1].units == 4
    twice = pd.concat([four, four.iloc[:1]])
    with pytest.raises(DataError, match="1 units have two first rows"):
        tiny.prepare(twice, sample=sample)


def test_one_row_a_person_never_depends_on_the_order_of_rows(tiny, four) -> None:
    spec = tiny.spec(sample={"rows": "person"})
    first, second = (
        select_rows(read_panel(spec, Frame(rows)), spec).frame
        for rows in (four, four.sample(frac=1, random_state=4))
    )
    pd.testing.assert_frame_equal(first, second)


def test_one_row_a_person_and_calendar_year(tiny, months) -> None:
    """January of either year, but March of 2018 for person 1, whose earlier months are dropped."""
    later = months.assign(ym=months["ym"] + 100, y=months["y"] + 1000.0)
    both = pd.concat([later, months]).reset_index(drop=True)
    early = {"column": "y", "at_least": 1101.0, "at_most": 1102.0}
    changes = {
        "panel": MONTHLY,
        "design": REFORM,
        "sample": {"rows": "first_of_year", "drop": [early]},
    }
    spec = tiny.spec(**changes)
    panel = select_rows(read_panel(spec, Frame(both)), spec)
    found = sorted(zip(panel.frame["person"], panel.frame["ym"], strict=True))
    assert found == [
        (1, 201701), (1, 201803), (2, 201701), (2, 201801),
        (3, 201701), (3, 201801), (4, 201701), (4, 201801),
    ]  # fmt: skip
    assert panel.flow[-1].step == "rows first_of_year: the first of each unit in a calendar year"
    twice = pd.concat([both, months[months["ym"] == 201701]])
    with pytest.raises(DataError, match=r"'first_of_year' wants .* but 4 units have two first"):
        tiny.prepare(twice, **changes)
