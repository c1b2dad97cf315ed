"""Draw the sample: window, rows, denominator, filters, then longer periods and groups."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.data.coarsen import coarsen, group_rows
from evaluation.data.filters import satisfied
from evaluation.data.panel import Panel
from evaluation.data.periods import Calendar
from evaluation.data.step_words import filter_words, interval_words
from evaluation.errors import DataError
from evaluation.spec.columns import DENOMINATOR_COLUMNS, ROW_COLUMNS
from evaluation.spec.joined import join_steps
from evaluation.spec.names import Interval
from evaluation.spec.sample import GroupedRows
from evaluation.spec.spec import Spec

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]
MONTHS_IN_YEAR = 12
# More years than any panel spans.
YEARS = 100_000


def select_rows(panel: Panel, spec: Spec) -> Panel:
    """Return the rows of the source that enter, each step counted.

    Raises
    ------
    DataError
        Where no row is left, with the flow that emptied the sample.
    """
    if spec.panel.window is not None:
        panel = panel.take(
            _within(panel, spec.panel.window), f"window {interval_words(spec.panel.window)}"
        )
    for words, found in join_steps(spec):
        panel = panel.take(satisfied(panel.frame[found.column], found, "joins"), words)
    panel = _row_kind(panel, spec)
    panel = _denominator(panel, spec)
    for position, keep in enumerate(spec.sample.keep):
        rows = satisfied(panel.frame[keep.column], keep, f"sample.keep.{position + 1}")
        panel = panel.take(rows, f"keep {filter_words(keep)}")
    for position, drop in enumerate(spec.sample.drop):
        rows = satisfied(panel.frame[drop.column], drop, f"sample.drop.{position + 1}")
        panel = panel.take(~rows, f"drop {filter_words(drop)}")
    for interval in spec.sample.drop_periods:
        panel = panel.take(~_within(panel, interval), f"drop periods {interval_words(interval)}")
    refuse_empty(panel)
    return _first_rows(panel, spec) if spec.sample.rows in FIRST else panel


# The rows that come first: of what, in words.
FIRST = {"person": "of each unit", "first_of_year": "of each unit in a calendar year"}


def _first_rows(panel: Panel, spec: Spec) -> Panel:
    """Keep the first row of each unit, or of each of its years, among those that are left."""
    kind = str(spec.sample.rows)
    if panel.unit is None:
        raise DataError(f"sample.rows: {kind!r} needs panel.unit")
    unit = pd.factorize(panel.frame[panel.unit])[0]
    time = np.zeros(len(unit), dtype=np.int64) if panel.moment is None else panel.moment
    if kind == "first_of_year":
        unit = pd.factorize(unit * YEARS + _years(panel))[0]
    order = np.lexsort([time, unit])
    again = np.r_[False, unit[order][1:] == unit[order][:-1]]
    tied = int((again[1:] & ~again[:-1] & (time[order][1:] == time[order][:-1])).sum())
    if tied:
        raise DataError(
            f"sample.rows: {kind!r} wants the first row {FIRST[kind]}, but {tied} units have two "
            "first rows; name panel.time, or select one row in sample.keep"
        )
    starts = np.zeros(len(unit), dtype=bool)
    starts[order[~again]] = True
    return panel.take(starts, f"rows {kind}: the first {FIRST[kind]}")


def _years(panel: Panel) -> IntArray:
    if panel.period is None or panel.calendar.months == 0:
        raise DataError("sample.rows: 'first_of_year' needs panel.time in months or dates")
    return panel.period * panel.calendar.months // MONTHS_IN_YEAR


def collapse_rows(panel: Panel, spec: Spec) -> Panel:
    """Return longer periods and groups where the spec asks for them.

    Raises
    ------
    DataError
        Where a column has no value for a group, or no row is left.
    """
    panel = coarsen(panel, spec)
    if isinstance(spec.sample.rows, GroupedRows):
        panel = group_rows(panel, spec, spec.sample.rows)
    refuse_empty(panel)
    return panel


def refuse_empty(panel: Panel) -> None:
    """Raise where the panel has no rows left, naming every step.

    Raises
    ------
    DataError
        With the flow.
    """
    if len(panel.frame):
        return
    flow = "; ".join(f"{step.step}: {step.rows}" for step in panel.flow)
    raise DataError(f"sample: no rows are left ({flow}); widen the step that emptied it")


def _row_kind(panel: Panel, spec: Spec) -> Panel:
    rows = spec.sample.rows
    if isinstance(rows, GroupedRows) or not ROW_COLUMNS[rows]:
        return panel
    column = panel.frame[ROW_COLUMNS[rows][0]]
    chosen = column.eq(1) if rows == "entry" else column.notna()
    return panel.take(chosen.to_numpy(bool), f"rows {rows}")


def _denominator(panel: Panel, spec: Spec) -> Panel:
    """Keep the denominator; persons at risk of leaving are recipients by definition."""
    denominator = spec.sample.denominator
    if denominator == "recipients" and spec.sample.rows == "at_risk_exit":
        return panel
    for column in DENOMINATOR_COLUMNS[denominator]:
        rows = panel.frame[column].eq(1).to_numpy(bool)
        panel = panel.take(rows, f"denominator {denominator}")
    return panel


def bounds(interval: Interval, calendar: Calendar) -> tuple[int, int]:
    """Return the first and last moment of an interval, both inside it.

    Raises
    ------
    DataError
        Where dates meet integer time or the reverse.
    """
    low, high = interval
    if isinstance(low, dt.date) and isinstance(high, dt.date):
        if calendar.unit == "integer":
            raise DataError("panel.window: found dates, but the panel's time is whole numbers")
        return calendar.moment_of_date(low), calendar.moment_of_date(high)
    if calendar.unit != "integer":
        raise DataError(
            f"panel.window: found whole numbers, but time_unit is {calendar.unit!r}; give dates"
        )
    return int(low), int(high)  # type: ignore[arg-type]


def _within(panel: Panel, interval: Interval) -> BoolArray:
    if panel.moment is None:
        raise DataError("panel.time: is missing; window and drop_periods need it")
    low, high = bounds(interval, panel.calendar)
    inside: BoolArray = (panel.moment >= low) & (panel.moment <= high)
    return inside
