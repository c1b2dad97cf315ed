"""Columns at another month than that of their row, looked up before any row is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.data.periods import Calendar, calendar_of
from evaluation.data.sample import bounds
from evaluation.data.sources import Source
from evaluation.data.spells import spell_starts
from evaluation.errors import DataError
from evaluation.spec.dates import AGE, Dated, dated_columns
from evaluation.spec.faults import nearest
from evaluation.spec.names import Interval
from evaluation.spec.panel import SyntheticPanel
from evaluation.spec.spec import Spec
from evaluation.spec.time_rules import time_unit_of

IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Leading:
    """A source that also offers its columns at other months of the same unit.

    Attributes
    ----------
    source
        Rows with a unit and a time.
    asked
        Key path that names it, and the column at its date, by the name under which it is offered.
    unit, time, time_unit
        As the panel says.
    window
        Rows outside leave once they were looked up; ``None`` keeps all.
    """

    source: Source
    asked: Mapping[str, tuple[str, Dated]]
    unit: str
    time: str
    time_unit: str | None = None
    window: Interval | None = None

    @property
    def distinct(self) -> bool:
        """Whether no unit can have two rows in one period."""
        return self.source.distinct

    def columns(self) -> tuple[str, ...]:
        """Return the source's columns and those at another month.

        Raises
        ------
        DataError
            Where one is made of a column that the source lacks, or has the name of one it has.
        """
        offered = self.source.columns()
        faults = [
            f"{where}: no column {column!r} in the panel{nearest(column, offered)}"
            for where, one in self.asked.values()
            for column in one.sources
            if column not in offered
        ]
        faults += [
            f"{where}: column {name!r} of the panel has the name of {one.column!r} at the date "
            "asked for; rename it"
            for name, (where, one) in self.asked.items()
            if name in offered
        ]
        if faults:
            raise DataError(*dict.fromkeys(faults))
        return (*offered, *self.asked)

    def read(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return the rows; a value is missing where the unit has no row in that month.

        Raises
        ------
        DataError
            Where time is whole numbers, or a unit has two rows in one month.
        """
        wanted = [name for name in columns if name in self.asked]
        own = [name for name in columns if name not in self.asked]
        made = [column for name in wanted for column in self.asked[name][1].sources]
        frame = self.source.read(list(dict.fromkeys((*own, *made, self.unit, self.time))))
        if wanted:
            rows = _Rows(frame, self.unit, self._months(frame[self.time], wanted[0]))
            if not self.distinct:
                rows.refuse_repeated(self.asked[wanted[0]][0])
            found = {name: rows.values(self.asked[name][1]) for name in wanted}
            frame = frame.assign(**found)
        if self.window is not None:
            calendar = calendar_of(frame[self.time], self.time_unit, None)
            low, high = bounds(self.window, calendar)
            moment = calendar.moments(frame[self.time], "panel.time")
            frame = frame.loc[(moment >= low) & (moment <= high)].reset_index(drop=True)
        return frame.loc[:, list(columns)]

    def inputs(self) -> Mapping[str, str]:
        """Return the source's own inputs."""
        return self.source.inputs()

    def _months(self, values: pd.Series, name: str) -> IntArray:
        """Return the month of every row, counted from year 0, shape ``(n,)``."""
        calendar = calendar_of(values, self.time_unit, None)
        if calendar.unit == "integer":
            raise DataError(
                f"{self.asked[name][0]}: is read at another month, and the panel's time is whole "
                "numbers; see panel.time_unit"
            )
        return Calendar(calendar.unit, 1).index(values, f"panel.time {self.time!r}")


def dated_source(spec: Spec, source: Source) -> Source:
    """Return the source with the columns that a spec reads at another month than their row's."""
    moved = dated_columns(spec)
    if not moved or spec.panel.unit is None or spec.panel.time is None:
        return source
    asked: dict[str, tuple[str, Dated]] = {}
    for where, one in moved.items():
        asked.setdefault(one.name, (where, one))
    # A world is simulated beyond the window for what is looked up there.
    window = spec.panel.window if isinstance(spec.panel, SyntheticPanel) else None
    return Leading(source, asked, spec.panel.unit, spec.panel.time, time_unit_of(spec), window)


def read_for(spec: Spec, columns: Sequence[str]) -> tuple[str, ...]:
    """Return what must be read of the panel for some columns: for those at another month, others.

    Parameters
    ----------
    spec
        Says which columns are read at another month.
    columns
        Names, those of columns at another month among them.
    """
    moved = {one.name: one for one in dated_columns(spec).values()}
    wanted = [moved[name] for name in columns if name in moved]
    clock = (spec.panel.unit, spec.panel.time) if wanted else ()
    own = [name for name in columns if name not in moved]
    named = (*own, *(column for one in wanted for column in one.sources), *filter(None, clock))
    return tuple(dict.fromkeys(named))


class _Rows:
    """Rows that can be found by unit and month.

    Parameters
    ----------
    frame
        The rows, n of them.
    unit
        Column of units.
    month
        Their months, shape ``(n,)``.
    """

    def __init__(self, frame: pd.DataFrame, unit: str, month: IntArray) -> None:
        self.frame = frame
        self._code = pd.factorize(frame[unit])[0].astype(np.int64)
        self._first = int(month.min()) if len(month) else 0
        self._month = month - self._first
        self._span = int(self._month.max()) + 1 if len(month) else 1
        key = self._code * self._span + self._month
        self._order = np.argsort(key, kind="stable")
        self._key = key[self._order]
        self._later: dict[int, IntArray] = {}

    def refuse_repeated(self, where: str) -> None:
        repeated = int((self._key[1:] == self._key[:-1]).sum())
        if repeated:
            raise DataError(
                f"{where}: is read at another month, and {repeated} rows repeat a unit and month; "
                "leave one row of each in the panel"
            )

    def values(self, one: Dated) -> pd.Series:
        """Return a column at its date, missing where there is no row, shape ``(n,)``."""
        column = self.frame[one.column]
        if one.start is not None:
            months = self._month[self._order]
            starts = spell_starts(self.frame.iloc[self._order], one.start,
                                  self._code[self._order], months)  # fmt: skip
            rows = np.empty_like(self._order)
            rows[self._order] = np.where(starts >= 0, self._order[starts], -1)
            return _taken(column, rows)
        if one.at_age is not None:
            age = self.frame[AGE].to_numpy(np.float64, na_value=np.nan)
            ahead = np.where(np.isnan(age), self._span, one.at_age - age).astype(np.int64)
            return _taken(column, self._at(self._month + ahead))
        values = _taken(column, self._ahead(one.lead))
        if not one.change or not pd.api.types.is_numeric_dtype(values):
            return values
        return values - _taken(column, self._ahead(one.lead - one.change))

    def _ahead(self, months: int) -> IntArray:
        """Return the position of each unit's row so many months later, looked up once."""
        if months not in self._later:
            self._later[months] = self._at(self._month + months)
        return self._later[months]

    def _at(self, month: IntArray) -> IntArray:
        """Return the position of each unit's row in another month, -1 for none, shape ``(n,)``."""
        if not len(month):
            return month
        wanted = self._code * self._span + month
        at = np.minimum(np.searchsorted(self._key, wanted), len(self._key) - 1)
        there = (month >= 0) & (month < self._span) & (self._key[at] == wanted)
        return np.where(there, self._order[at], -1)


def _taken(column: pd.Series, rows: NDArray[np.int64]) -> pd.Series:
    """Return a column's values at some rows, missing where a row is -1."""
    values: Any
    if pd.api.types.is_numeric_dtype(column):
        values = column.to_numpy(np.float64, na_value=np.nan)
        return pd.Series(np.where(rows >= 0, values[rows], np.nan), column.index)
    values = column.astype(object).to_numpy()
    found = pd.Series(values[rows], column.index, dtype=object)
    return found.where(pd.Series(rows >= 0, column.index), None)
