"""How many persons must at least stand behind so many rows with an event."""

from __future__ import annotations

import datetime as dt
import math

from evaluation.data.periods import MONTHS
from evaluation.release._evidence import Measured
from evaluation.spec.sample import GroupedRows
from evaluation.spec.spec import Spec


def with_event_units(spec: Spec, measured: Measured) -> Measured:
    """Return evidence with the fewest units that its rows of events can be of.

    A unit has one row a period at most, so that rows over periods of the window is a lower bound.
    """
    most = most_rows(spec)
    if most is None:
        return measured
    bounds = {
        f"{name}_units_at_least": math.ceil(measured[rows] / most)
        for name, rows in (("event", "events"), ("non_event", "non_events"))
        if rows in measured
    }
    return {**bounds, **measured}


def most_rows(spec: Spec) -> int | None:
    """Return how many rows a unit can have, ``None`` where the text does not tell."""
    window, length = spec.panel.window, MONTHS.get(spec.panel.period or "")
    if window is None or isinstance(spec.sample.rows, GroupedRows):
        return None
    first, last = window
    if isinstance(first, dt.date) and isinstance(last, dt.date):
        if length is None:
            return None
        return _months(last) // length - _months(first) // length + 1
    if isinstance(first, int) and isinstance(last, int):
        return last - first + 1
    return None


def _months(day: dt.date) -> int:
    return 12 * day.year + day.month - 1
