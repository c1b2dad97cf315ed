"""Periods: months, quarters, years, dates and whole numbers on one axis."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evaluation.data.periods import Calendar, calendar_of
from evaluation.errors import DataError

MONTHS = [201612, 201701, 201702, 201704]
DATES = ["2016-12-31", "2017-01-01", "2017-02-28", "2017-04-15"]

# unit, months a period, values, steps from the first, labels
COUNTED: list[tuple[str, int, list[Any], list[int], list[str]]] = [
    ("month", 1, MONTHS, [0, 1, 2, 4], ["201612", "201701", "201702", "201704"]),
    ("month", 3, MONTHS, [0, 1, 1, 2], ["2016Q4", "2017Q1", "2017Q1", "2017Q2"]),
    ("month", 12, MONTHS, [0, 1, 1, 1], ["2016", "2017", "2017", "2017"]),
    ("date", 1, DATES, [0, 1, 2, 4], ["201612", "201701", "201702", "201704"]),
    ("date", 3, DATES, [0, 1, 1, 2], ["2016Q4", "2017Q1", "2017Q1", "2017Q2"]),
    ("date", 12, DATES, [0, 1, 1, 1], ["2016", "2017", "2017", "2017"]),
    ("integer", 0, [-1, 0, 7], [0, 1, 8], ["-1", "0", "7"]),
]


@pytest.mark.parametrize(("unit", "months", "values", "steps", "labels"), COUNTED)
def test_index_and_label(unit, months, values, steps, labels) -> None:
    calendar = Calendar(unit, months)
    index = calendar.index(pd.Series(values), "panel.time")
    assert index.dtype == np.int64
    assert (index - index[0]).tolist() == steps
    assert [calendar.label(int(one)) for one in index] == labels


@pytest.mark.parametrize("months", [1, 3, 12])
def test_a_date_lies_in_the_period_of_its_month(months: int) -> None:
    calendar = Calendar("month", months)
    for year, month in [(2016, 12), (2017, 1), (2017, 3), (2017, 12)]:
        (index,) = calendar.index(pd.Series([year * 100 + month]), "panel.time")
        assert calendar.of_date(dt.date(year, month, 28)) == index


def test_dates_come_in_three_forms() -> None:
    days = pd.Series(DATES)
    forms = [days, pd.to_datetime(days), days.map(dt.date.fromisoformat)]
    indices = [Calendar("date", 1).index(form, "panel.time").tolist() for form in forms]
    assert indices[0] == indices[1] == indices[2]


# unit, values, words of the line
REFUSED: list[tuple[str, list[Any], str]] = [
    ("month", [201613], "holds values that are no months"),
    ("month", [201600], "holds values that are no months"),
    ("month", [2016], "holds values that are no months"),
    ("month", [201601.5], "no whole numbers"),
    ("month", ["January"], "no whole numbers"),
    ("month", [201601, None], "1 rows lack a time"),
    ("integer", [1.5], "no whole numbers"),
    ("integer", [np.inf, 1.0], "no whole numbers"),
    ("integer", [None, 1], "1 rows lack a time"),
    ("date", ["soon"], "no ISO dates"),
    ("date", ["31.12.2016"], "no ISO dates"),
    ("date", ["01/02/2017"], "no ISO dates"),
    ("date", [20170101], "no ISO dates"),
]


@pytest.mark.parametrize(("unit", "values", "words"), REFUSED, ids=str)
def test_refused(unit: str, values: list[Any], words: str) -> None:
    with pytest.raises(DataError) as caught:
        Calendar(unit, 1).index(pd.Series(values), "panel.time 't'")
    assert str(caught.value).startswith("panel.time 't': ") and words in str(caught.value)


# values, unit and period of the spec, calendar
CALENDARS: list[tuple[list[Any] | None, str | None, str | None, Calendar]] = [
    ([1, 2], None, None, Calendar("integer", 0)),
    ([2003, 2004], None, None, Calendar("integer", 0)),
    ([201713, 201701], None, None, Calendar("integer", 0)),
    (["2017-01-01"], None, None, Calendar("date", 1)),
    ([pd.Timestamp(2017, 1, 1)], None, "quarter", Calendar("date", 3)),
    ([201701], "month", None, Calendar("month", 1)),
    ([201701], "month", "year", Calendar("month", 12)),
    ([201701], "integer", None, Calendar("integer", 0)),
    (None, None, None, Calendar("integer", 0)),
]


@pytest.mark.parametrize(("values", "unit", "period", "calendar"), CALENDARS, ids=str)
def test_calendar(values, unit, period, calendar) -> None:
    column = None if values is None else pd.Series(values)
    assert calendar_of(column, unit, period) == calendar


def test_numbers_that_look_like_months_must_say_so() -> None:
    with pytest.raises(DataError, match=r"look like months.*time_unit = 'month', or 'integer'"):
        calendar_of(pd.Series([201701, 201702]), None, None)
