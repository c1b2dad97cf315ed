"""Event times of an event study: binned, held to a window, and less the reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from evaluation.data.model_data import FloatArray, IntArray
from evaluation.errors import DataError

MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class EventTimes:
    """Which coefficient each row has.

    Attributes
    ----------
    codes
        Position in ``times``, -1 for none (controls and the reference), shape ``(rows kept,)``.
    times
        Event times with a coefficient, ascending.
    binned
        Those of ``times`` that stand for everything beyond.
    rows
        Positions of the rows kept, shape ``(rows kept,)``.
    """

    codes: IntArray
    times: tuple[int, ...]
    binned: frozenset[int]
    rows: IntArray


def bin_width(bin_by: Literal["month", "quarter", "year"] | None, period_months: int) -> int:
    """Return how many periods of the panel make one bin.

    Parameters
    ----------
    bin_by
        ``event_bin``; ``None`` gives every period its own bin.
    period_months
        Length of a period in months; 0 where time is whole numbers.

    Raises
    ------
    DataError
        Where a bin is shorter than a period, or time is whole numbers.
    """
    if bin_by is None:
        return 1
    if period_months == 0:
        raise DataError(
            f"event_bin {bin_by!r}: the panel's time is whole numbers: remove event_bin, or set "
            "panel.time_unit"
        )
    if MONTHS[bin_by] < period_months:
        raise DataError(
            f"event_bin {bin_by!r}: is shorter than the panel's period of {period_months} months: "
            "remove event_bin"
        )
    return MONTHS[bin_by] // period_months


def event_times(
    event_time: FloatArray,
    treated: FloatArray,
    outcome: str,
    width: int,
    window: tuple[int, int] | None,
    ends: Literal["bin", "drop"] | None,
    reference: int,
) -> EventTimes:
    """Return the coefficient of every row.

    Parameters
    ----------
    event_time
        Periods since the first post period, ``nan`` for none, shape ``(n,)``. Bins are by floor
        division: with quarters of months, -1 holds the periods -3, -2 and -1.
    treated
        1.0 where the row belongs to the treated group, shape ``(n,)``.
    outcome
        For messages.
    width
        Periods in one bin, from :func:`bin_width`.
    window, ends, reference
        As in the options; window and reference count bins.

    Raises
    ------
    DataError
        Where no treated row has an event time, or none has the reference.
    """
    known = np.isfinite(event_time)
    time = np.zeros(len(event_time), dtype=np.int64)
    time[known] = np.floor_divide(event_time[known], width).astype(np.int64)
    rows = np.arange(len(time))
    binned: set[int] = set()
    if window is not None and ends == "drop":
        rows = np.flatnonzero(~known | ((time >= window[0]) & (time <= window[1])))
    elif window is not None:
        inside = time[known & (treated > 0)]
        binned = {e for e, out in zip(window, _beyond(inside, window), strict=True) if out}
        time = np.clip(time, *window)
    own = (known & (treated > 0))[rows]
    if not own.any():
        raise DataError(
            f"outcome {outcome}: no treated row has an event time inside the window: check "
            "event_window, the reform date and the treated group"
        )
    present = np.unique(time[rows][own])
    if reference not in present:
        nearest = int(present[np.argmin(np.abs(present - reference))])
        raise DataError(
            f"outcome {outcome}: reference = {reference} has no treated rows (dropped, or outside "
            f"the data): the nearest event time with rows is {nearest}; set reference = {nearest}"
        )
    times = tuple(int(e) for e in present if e != reference)
    if not times:
        raise DataError(
            f"outcome {outcome}: treated rows have no event time but the reference {reference}: "
            "widen event_window or the panel's window"
        )
    codes = np.full(len(rows), -1, dtype=np.int64)
    lookup = {e: i for i, e in enumerate(times)}
    table = np.array([lookup.get(int(e), -1) for e in present], dtype=np.int64)
    codes[own] = table[np.searchsorted(present, time[rows][own])]
    return EventTimes(codes, times, frozenset(binned & set(times)), rows)


def _beyond(inside: IntArray, window: tuple[int, int]) -> tuple[bool, bool]:
    return bool(np.any(inside < window[0])), bool(np.any(inside > window[1]))
