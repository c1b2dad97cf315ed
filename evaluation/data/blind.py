"""Rows whose measurements were given to other units: what a blind run reads."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.data.periods import calendar_of
from evaluation.data.plain import plain_columns
from evaluation.errors import DataError
from evaluation.spec.blinding import BLIND, GROUPS, Blinding

if TYPE_CHECKING:
    from evaluation.data.sources import Source

IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Blinded:
    """A source of which every row holds what was measured of another row of its period.

    Inside a period units stand in a circle, in an order drawn of their names: each takes the
    measurements of the next. None keeps its own, and as the order is one for all periods, a unit
    takes those of one other unit for as long as the two are there.

    Attributes
    ----------
    source
        Where the rows come from.
    blinding
        Which columns stay and which move.
    """

    source: Source
    blinding: Blinding

    @property
    def distinct(self) -> bool:
        """Whether no unit can have two rows in one period: units and periods stay."""
        return self.source.distinct

    def columns(self) -> tuple[str, ...]:
        """Return the source's columns."""
        return self.source.columns()

    def read(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return the rows, only the columns asked for, measurements exchanged.

        Raises
        ------
        DataError
            Where a period has one unit alone.
        """
        blinding = self.blinding
        moving = [name for name in columns if blinding.group(name) is not None]
        if not moving:
            return self.source.read(columns)
        clock = [name for name in (blinding.unit, blinding.time) if name is not None]
        named = list(dict.fromkeys((*columns, *clock)))
        frame = plain_columns(self.source.read(named))
        circle = _Circle(frame, blinding)
        changed: dict[str, pd.Series] = {}
        for group in GROUPS:
            members = [name for name in moving if blinding.group(name) == group]
            if members:
                taken = circle.next_row(blinding.salt(group))
                for name in members:
                    changed[name] = frame[name].take(taken).set_axis(frame.index)
        return frame.assign(**changed).loc[:, list(columns)]

    def inputs(self) -> Mapping[str, str]:
        """Return the source's own inputs, and the digest of how its rows were mixed."""
        return {**self.source.inputs(), BLIND: self.blinding.digest}


def alone(periods: int) -> DataError:
    """Return what rows are refused for that have none to change with."""
    return DataError(
        f"--blind: {periods} periods hold one unit alone, which has no other to change with; leave "
        "them out of the panel"
    )


class _Circle:
    """The rows of every period, and the order of their units.

    Parameters
    ----------
    frame
        The rows, n of them, with unit and time.
    blinding
        Names them.
    """

    def __init__(self, frame: pd.DataFrame, blinding: Blinding) -> None:
        self._period = _periods(frame, blinding)
        if blinding.unit is None:
            self._unit = np.arange(len(frame))
            self._names = np.arange(len(frame)).astype(str)
            return
        codes, levels = pd.factorize(frame[blinding.unit], use_na_sentinel=False)
        self._unit, self._names = codes.astype(np.int64), np.array([str(one) for one in levels])

    def next_row(self, salt: str) -> IntArray:
        """Return whose measurements each row takes: those of the next unit, shape ``(n,)``.

        Of a unit with several rows in the period, such as days of a month, those one by one.
        """
        drawn = [hashlib.md5(f"{salt}{name}".encode()).hexdigest() for name in self._names]
        rank = np.empty(len(drawn), dtype=np.int64)
        rank[np.argsort(np.array(drawn, dtype=str), kind="stable")] = np.arange(len(drawn))
        place = rank[self._unit]
        order = np.lexsort((place, self._period))
        first = _changes(self._period[order]) | _changes(place[order])
        start = np.flatnonzero(first)
        size = np.diff(np.r_[start, len(order)])
        opens = _changes(self._period[order][start])  # units that are the first of their period
        head = np.flatnonzero(opens)
        units = np.diff(np.r_[head, len(start)])
        if (units == 1).any():
            raise alone(int((units == 1).sum()))
        after = np.arange(1, len(start) + 1)
        after[head + units - 1] = head
        block = np.cumsum(first) - 1
        offset = np.arange(len(order)) - start[block]
        taken = order[start[after[block]] + offset % size[after[block]]]
        found = np.empty_like(order)
        found[order] = taken
        return found


def _changes(values: IntArray) -> NDArray[np.bool_]:
    """Return where sorted values differ from the one before, the first included."""
    return np.r_[True, values[1:] != values[:-1]] if len(values) else np.zeros(0, dtype=bool)


def _periods(frame: pd.DataFrame, blinding: Blinding) -> IntArray:
    """Return a code of every row's period: the month of a date, else the time itself."""
    if blinding.time is None:
        return np.zeros(len(frame), dtype=np.int64)
    values = frame[blinding.time]
    calendar = calendar_of(values, blinding.time_unit, "month")
    if calendar.unit == "date":
        values = pd.Series(calendar.index(values, f"panel.time {blinding.time!r}"))
    return pd.factorize(values, use_na_sentinel=False)[0].astype(np.int64)
