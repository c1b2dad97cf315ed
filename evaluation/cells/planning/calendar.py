"""How a panel counts time, from its spec and schema: no values are read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from evaluation.cells.relation import ColumnFacts
from evaluation.data.periods import MONTHS, Calendar
from evaluation.spec.filters import FixedDate
from evaluation.spec.spec import Spec
from evaluation.spec.time_rules import time_unit_of


def spec_calendar(spec: Spec, columns: Mapping[str, ColumnFacts] | None) -> Calendar | None:
    """Return the calendar of a panel, ``None`` where it names no time.

    Without ``time_unit`` the time column's type tells; where that is unknown too, a spec that
    gives dates has dates.

    Parameters
    ----------
    spec
        What is asked.
    columns
        Facts by column, ``None`` where nothing is known.
    """
    if spec.panel.time is None:
        return None
    unit = time_unit_of(spec)
    if unit is None:
        facts = (columns or {}).get(spec.panel.time)
        dated = any(_dates(spec)) if facts is None else facts.kind in ("date", "text")
        unit = "date" if dated else "integer"
    if unit == "integer":
        return Calendar("integer", 0)
    return Calendar(unit, MONTHS[spec.panel.period or "month"])


def _dates(spec: Spec) -> Iterator[bool]:
    """Yield whether a key says that time is dates."""
    yield spec.panel.period is not None
    for interval in (spec.panel.window, *spec.sample.drop_periods):
        yield interval is not None and isinstance(interval[0], dt.date)
    yield getattr(spec.design, "reform_date", None) is not None
    for name in ("treated", "control", "third"):
        predicate = getattr(spec.design, name, None)
        yield isinstance(getattr(predicate, "assigned_at", None), FixedDate)
