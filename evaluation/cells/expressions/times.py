"""Time as expressions: moments, period indices, and bounds on the source's own time."""

from __future__ import annotations

import datetime as dt
from typing import Any

from evaluation.cells.expressions.values import facts_of
from evaluation.cells.plan import Plan
from evaluation.cells.relation import Relation
from evaluation.data.periods import Calendar, holds_dates
from evaluation.errors import DataError


def time_of(relation: Relation, plan: Plan, table: Any) -> tuple[Any, Calendar]:
    """Return the time column and how the panel counts it: whole numbers, or dates.

    Raises
    ------
    DataError
        Where the panel names no time.
    """
    if plan.time is None or plan.calendar is None:
        raise DataError("panel.time: is missing; window and drop_periods need it")
    values = table[plan.time]
    if plan.calendar.unit == "date":
        return values if values.type().is_date() else values.cast("date"), plan.calendar
    kind = facts_of(relation, plan.time).kind
    if kind == "date":
        raise holds_dates(f"panel.time {plan.time!r}", plan.calendar.unit)
    return values if kind == "integer" else values.cast("int64"), plan.calendar


def moment(values: Any, calendar: Calendar) -> Any:
    """Return moments as whole numbers: days, months, or the integers themselves.

    Parameters
    ----------
    values
        Time column as :func:`time_of` returns it.
    calendar
        How the panel counts time.
    """
    if calendar.unit == "date":
        return values.cast("timestamp").epoch_seconds().cast("int64") // 86_400
    if calendar.unit == "month":
        return month_number(values)
    return values.cast("int64")


def month_number(values: Any) -> Any:
    """Return months since year 0 of whole numbers YYYYMM."""
    month = values.cast("int64")
    # 100 year + m is 12 year + m - 1 + 88 year + 1, and year the whole part of a hundredth.
    return month - (month // 100) * 88 - 1


def period_index(values: Any, calendar: Calendar) -> Any:
    """Return the period index, as ``Calendar.index`` does.

    Parameters
    ----------
    values
        Time column as :func:`time_of` returns it.
    calendar
        How the panel counts time.
    """
    if calendar.unit == "integer":
        return values.cast("int64")
    if calendar.unit == "date":
        month = values.year().cast("int64") * 12 + values.month().cast("int64") - 1
    else:
        month = month_number(values)
    return month if calendar.months == 1 else month // calendar.months


def first_of(calendar: Calendar, period: int) -> Any:
    """Return the first time of a period on the column's own scale."""
    return raw(calendar, period if calendar.unit == "integer" else _start(calendar, period))


def raw(calendar: Calendar, moment: int) -> Any:
    """Return a moment on the column's own scale: YYYYMM, a date, or the integer."""
    if calendar.unit == "month":
        return moment // 12 * 100 + moment % 12 + 1
    if calendar.unit == "date":
        return dt.date(1970, 1, 1) + dt.timedelta(days=moment)
    return moment


def _start(calendar: Calendar, period: int) -> int:
    month = period * calendar.months
    if calendar.unit == "month":
        return month
    return (dt.date(month // 12, month % 12 + 1, 1) - dt.date(1970, 1, 1)).days
