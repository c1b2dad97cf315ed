"""Start and stop of rows, by how a variable is dated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_synth.shapes.declared.variable import Period

Days = NDArray[np.datetime64]

_MID = 15  # days after the first: the 16th


def start_stop(table: Any, period: Period, dates: tuple[str, ...]) -> tuple[Any, Any]:
    """Return first and last day of each row of a ``pyarrow.Table``, as ``date32`` arrays.

    A last day is null where a spell goes on or its end is not known; both are where values do not
    change.
    """
    import pyarrow as pa

    start, stop = _DATED[period](table, dates)
    return pa.array(start, pa.date32()), pa.array(stop, pa.date32())


def _none(table: Any, dates: tuple[str, ...]) -> tuple[Days, Days]:
    never = np.full(table.num_rows, np.datetime64("NaT"), dtype="datetime64[D]")
    return never, never


def _days(table: Any, dates: tuple[str, ...]) -> tuple[Days, Days]:
    return _day(table, dates[0]), _day(table, dates[1])


def _on_day(table: Any, dates: tuple[str, ...]) -> tuple[Days, Days]:
    return _day(table, dates[0]), _day(table, dates[0])


def _from_day(table: Any, dates: tuple[str, ...]) -> tuple[Days, Days]:
    """Rows are by person and then by date: each lasts until the day before the next."""
    start = _day(table, dates[0])
    person = table["person_id"].to_numpy()
    stop = np.full(len(start), np.datetime64("NaT"), dtype="datetime64[D]")
    followed = person[1:] == person[:-1]
    stop[:-1][followed] = start[1:][followed] - 1
    return start, stop


def _months(table: Any, dates: tuple[str, ...]) -> tuple[Days, Days]:
    return _month(table, dates[0]), _month(table, dates[1], after=1) - 1


def _in_month(table: Any, dates: tuple[str, ...]) -> tuple[Days, Days]:
    return _months(table, (dates[0], dates[0]))


def _mid_month(table: Any, dates: tuple[str, ...]) -> tuple[Days, Days]:
    middle = _month(table, dates[0]) + _MID
    return middle, middle


def _year(table: Any, dates: tuple[str, ...]) -> tuple[Days, Days]:
    year = table[dates[0]].to_numpy() - 1970
    first, following = year.astype("datetime64[Y]"), (year + 1).astype("datetime64[Y]")
    return first.astype("datetime64[D]"), following.astype("datetime64[D]") - 1


def _november(table: Any, dates: tuple[str, ...]) -> tuple[Days, Days]:
    months = (table[dates[0]].to_numpy() - 1970) * 12 + 10
    day = months.astype("datetime64[M]").astype("datetime64[D]") + _MID
    return day, day


def _day(table: Any, column: str) -> Days:
    days = table[column].to_numpy()
    return np.asarray(days.astype("datetime64[D]"))


def _month(table: Any, column: str, after: int = 0) -> Days:
    """Return the first day of months YYYYMM, or of those ``after`` them."""
    known = table[column].is_valid().to_numpy(zero_copy_only=False)
    ym = table[column].fill_null(0).to_numpy().astype(np.int64)
    index = ym // 100 * 12 + ym % 100 - 1 - 1970 * 12 + after
    months = np.where(known, index, 0).astype("datetime64[M]")
    days = months.astype("datetime64[D]")
    days[~known] = np.datetime64("NaT")
    return days


_DATED: Mapping[Period, Callable[[Any, tuple[str, ...]], tuple[Days, Days]]] = MappingProxyType(
    {
        Period.NONE: _none,
        Period.MONTHS: _months,
        Period.DAYS: _days,
        Period.FROM_DAY: _from_day,
        Period.ON_DAY: _on_day,
        Period.MONTH: _in_month,
        Period.MID_MONTH: _mid_month,
        Period.YEAR: _year,
        Period.NOVEMBER: _november,
    }
)
