"""Rules on time: dates for months and dates, whole numbers for integers, never mixed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from evaluation.spec.panel import SyntheticPanel
from evaluation.spec.spec import Spec


def time_unit_of(spec: Spec) -> str | None:
    """Return the panel's time unit where its text says it, else ``None``."""
    if spec.panel.time_unit is not None:
        return spec.panel.time_unit
    return "month" if isinstance(spec.panel, SyntheticPanel) else None


def time_rules(spec: Spec) -> Iterator[str]:
    """Yield a line for every key whose time does not fit the panel's."""
    unit = time_unit_of(spec)
    if spec.panel.time is None and (spec.panel.window or spec.sample.drop_periods):
        yield "panel.time: is missing; window and drop_periods need it"
    if unit == "integer" and spec.panel.period is not None:
        yield "panel.period: coarsens months and dates; time_unit is 'integer'"
    for where, interval in _intervals(spec):
        low, high = interval
        if low > high:  # type: ignore[operator]
            yield f"{where}: ends before it begins; give the earlier bound first"
        is_date = isinstance(low, dt.date)
        if unit == "integer" and is_date:
            yield f"{where}: found dates; allowed: whole numbers, as time_unit is 'integer'"
        if unit in ("month", "date") and not is_date:
            yield f"{where}: found whole numbers; allowed: dates, as time_unit is {unit!r}"
    if unit == "integer" and getattr(spec.design, "reform_date", None) is not None:
        yield (
            "design.reform_date: is a date, but time_unit is 'integer'; "
            "use post = { column = ..., at_least = ... }"
        )


def _intervals(spec: Spec) -> Iterator[tuple[str, tuple[object, object]]]:
    if spec.panel.window is not None:
        yield "panel.window", spec.panel.window
    for position, interval in enumerate(spec.sample.drop_periods):
        yield f"sample.drop_periods.{position + 1}", interval
