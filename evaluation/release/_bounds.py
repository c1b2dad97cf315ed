"""How many persons must at least stand behind so many rows."""

from __future__ import annotations

import datetime as dt
import math

from evaluation.data.periods import MONTHS
from evaluation.release._evidence import Measured
from evaluation.release.rules._least import AT_LEAST
from evaluation.spec.sample import GroupedRows
from evaluation.spec.spec import Spec

# Units of which a lower bound follows from their rows.
BOUNDED = {
    "units": "rows",
    "support_units": "support_rows",
    "event_units": "events",
    "non_event_units": "non_events",
}


def with_bounds(spec: Spec, measured: Measured) -> Measured:
    """Return evidence with the fewest units that its rows can be of, where it has no better.

    A unit has one row a period at most: rows over the periods of the window bound units from below.
    """
    most = most_rows(spec)
    if most is None:
        return measured
    bounds: Measured = {}
    for units, rows in BOUNDED.items():
        name = f"{units}{AT_LEAST}"
        if rows in measured:
            bounds[name] = max(math.ceil(measured[rows] / most), measured.get(name, 0))
    return {**measured, **bounds}


def most_rows(spec: Spec) -> int | None:
    """Return how many rows a unit can have, ``None`` where the text does not tell."""
    window, length = spec.panel.window, MONTHS.get(spec.panel.period or "")
    unnamed = spec.panel.unit is None or spec.panel.time is None
    if window is None or unnamed or isinstance(spec.sample.rows, GroupedRows):
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
