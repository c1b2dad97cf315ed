"""Half-known adoption dates: an interval for every unit that adopts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.data.panel import Panel
from evaluation.errors import DataError
from evaluation.spec.design import Cohort

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Intervals:
    """When units adopt at the earliest and at the latest.

    Dates before the first period cannot be told from that period, dates after the last one not
    from never: both ends are moved to these.

    Attributes
    ----------
    adopter
        Codes 0..A-1 of the unit that adopts, one a row, shape ``(n,)``.
    earliest, latest
        Period indices, shape ``(A,)``.
    never
        The period after the last one, which stands for never.
    """

    adopter: NDArray[np.int64]
    earliest: FloatArray
    latest: FloatArray
    never: int

    @property
    def certain(self) -> NDArray[np.bool_]:
        """Whether both ends are one, shape ``(A,)``."""
        same: NDArray[np.bool_] = self.earliest == self.latest
        return same

    @property
    def middle(self) -> FloatArray:
        """The middle of every interval, the earlier of two, shape ``(A,)``."""
        return np.floor((self.earliest + self.latest) / 2.0)


@dataclass(frozen=True, slots=True)
class DatedUnits:
    """Units that adopt between the same two dates.

    Attributes
    ----------
    earliest, latest
        Period indices, ``inf`` for never.
    units
        How many; ``None`` where entries do not tell units apart.
    rows
        Rows of the panel that are theirs.
    """

    earliest: float
    latest: float
    units: int | None
    rows: int


def counted_intervals(panel: Panel, spans: Intervals, *, by_unit: bool) -> tuple[DatedUnits, ...]:
    """Return how many units adopt between every pair of dates, in order of the dates.

    Parameters
    ----------
    panel
        The sample that the intervals are of.
    spans
        The intervals.
    by_unit
        Whether an adopter of ``spans`` is a unit, and not a cell.
    """
    ends = np.column_stack([spans.earliest, spans.latest])
    ends = np.where(ends >= spans.never, np.inf, ends)
    pairs, place = np.unique(ends, axis=0, return_inverse=True)
    place = place.reshape(-1)
    entry = place[spans.adopter]
    return tuple(
        DatedUnits(
            float(first),
            float(last),
            int((place == at).sum()) if by_unit else None,
            panel.count(entry == at),
        )
        for at, (first, last) in enumerate(pairs)
    )


def intervals_of(panel: Panel, cohort: Cohort) -> Intervals:
    """Return the interval of every unit that adopts.

    Parameters
    ----------
    panel
        The sample.
    cohort
        ``earliest``, ``latest``, ``never`` and ``by``, which names what adopts; the panel's own
        unit where it is not given. A missing end is unknown. Every date may be wrong by ``error``
        periods.

    Raises
    ------
    DataError
        Where an interval is turned round or differs inside a unit, or lies before the panel
        without ``before_window``.
    """
    if panel.period is None:
        raise DataError("design.cohort: dates need panel.time; name it")
    name = cohort.by or panel.unit
    column = panel.frame[name] if name else pd.Series(np.arange(len(panel.frame)))
    adopter = pd.factorize(column, sort=True)[0].astype(np.int64)
    first, last = int(panel.period.min()), int(panel.period.max())
    low = _ends(panel, cohort.earliest or cohort.column or "", cohort.never, float(first))
    high = _ends(panel, cohort.latest or cohort.column or "", cohort.never, float(last + 1))
    if cohort.column is not None and cohort.never == "missing":
        low = np.where(panel.frame[cohort.column].isna(), np.inf, low)
        high = np.where(panel.frame[cohort.column].isna(), np.inf, high)
    low, high = low - cohort.error, high + cohort.error
    starts = np.unique(adopter, return_index=True)[1]
    varying = (low != low[starts][adopter]) | (high != high[starts][adopter])
    if varying.any():
        count = len(np.unique(adopter[varying]))
        raise DataError(
            f"design.cohort: earliest or latest varies inside {count} units of {name!r}; name "
            "under by the unit that adopts"
        )
    low, high = low[starts], high[starts]
    turned = int((low > high).sum())
    if turned:
        raise DataError(f"design.cohort: earliest lies after latest in {turned} units; mend them")
    before = int((high < first).sum())
    if before and cohort.before_window is None and cohort.column is None:
        raise DataError(
            f"design.cohort: {before} units adopted before the first period of the panel; set "
            "before_window = 'always_treated', or widen panel.window"
        )
    low, high = (np.clip(end, first, last + 1) for end in (low, high))
    return Intervals(adopter, low, high, last + 1)


def _ends(panel: Panel, column: str, never: int | float | str | None, unknown: float) -> FloatArray:
    """Return one end of every row's interval as a period index, ``inf`` for never."""
    values = panel.frame[column]
    known = values.notna().to_numpy(dtype=bool)
    found = np.full(len(values), unknown)
    if isinstance(never, int | float):
        marked = known & (pd.to_numeric(values, errors="coerce").to_numpy(np.float64) == never)
        found[marked] = np.inf
        known = known & ~marked
    if known.any():
        where = f"design.cohort {column!r}"
        found[known] = panel.calendar.index(values[known].reset_index(drop=True), where)
    return found
