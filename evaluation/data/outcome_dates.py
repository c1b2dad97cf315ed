"""Which rows an outcome at another month may be measured on, and which lie beyond the data."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from evaluation.data.panel import Panel
from evaluation.data.roles import Roles
from evaluation.spec.dates import AGE, Dated
from evaluation.spec.names import Interval
from evaluation.spec.spec import Spec

BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float64]
# Why rows leave a model for one outcome, as ``dropped`` names it.
CARRIED = "outcome date on or after the reform, or announced"
BEYOND = "lead beyond the data"


def carried_over(panel: Panel, roles: Roles, spec: Spec, dated: Dated) -> BoolArray:
    """Return the pre rows whose outcome date is no pre date, shape ``(n,)``.

    It lies on or after the reform, or, for staggered designs, the row's own adoption; or in a
    period that the sample drops as announced (STATISTICS.md, "Time and age").

    Parameters
    ----------
    panel, roles
        Entries with their period, and the design's roles.
    spec
        The announced periods.
    dated
        When the outcome is measured.
    """
    none = np.zeros(len(panel.frame), dtype=bool)
    lead = _lead(panel, dated)
    since = _since_reform(panel, roles, spec)
    if lead is None or since is None or panel.period is None:
        return none
    length = max(panel.calendar.months, 1)
    before = since < 0
    carried: BoolArray = before & (since * length + lead >= 0)
    date = panel.period * length + lead
    for interval in spec.sample.drop_periods:
        low, high = _months(interval)
        carried |= before & (date + length - 1 >= low) & (date <= high)
    return carried


def beyond_data(panel: Panel, dated: Dated, seen: BoolArray) -> BoolArray:
    """Return the rows whose outcome date lies after everyone's last seen outcome, shape ``(n,)``.

    Parameters
    ----------
    panel
        Entries with their period.
    dated
        When the outcome is measured.
    seen
        Whether an entry has a value, shape ``(n,)``.
    """
    lead = _lead(panel, dated)
    if lead is None or panel.period is None or not seen.any():
        return np.zeros(len(panel.frame), dtype=bool)
    date = panel.period * max(panel.calendar.months, 1) + lead
    beyond: BoolArray = ~seen & (date > date[seen].max())
    return beyond


def _lead(panel: Panel, dated: Dated) -> FloatArray | None:
    """Return the months from every row to its outcome; ``None`` where no row has any."""
    if dated.at_age is not None:
        age: FloatArray = panel.frame[AGE].to_numpy(np.float64, na_value=np.nan)
        return dated.at_age - age
    return np.full(len(panel.frame), float(dated.lead)) if dated.lead else None


def _since_reform(panel: Panel, roles: Roles, spec: Spec) -> FloatArray | None:
    """Return periods since the reform, or since the row's own adoption; ``None`` without one."""
    if roles.event_time is not None:
        return roles.event_time
    reform = getattr(spec.design, "reform_date", None)
    if reform is None or panel.period is None or panel.calendar.unit == "integer":
        return None
    since: FloatArray = (panel.period - panel.calendar.of_date(reform)).astype(np.float64)
    return since


def _months(interval: Interval) -> tuple[int, int]:
    """Return the first and last month of an announced period, counted from year 0."""
    low, high = (
        one.year * 12 + one.month - 1 if isinstance(one, dt.date) else int(one) for one in interval
    )
    return low, high
