"""Which rows lie before a date."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from evaluation.data.derive.contract import Queried, Rows
from evaluation.errors import DataError


def before(rows: Rows, date: dt.date | int, key: str) -> NDArray[np.bool_]:
    """Return which rows lie before a date, or a whole number of time, shape ``(n,)``.

    Raises
    ------
    DataError
        Where a date meets whole numbers or the reverse, or no row lies before it.
    """
    found: NDArray[np.bool_] = rows.times() < limit_of(rows, date, key)
    if not found.any():
        raise none_before(rows.where, date, key)
    return found


def limit_of(rows: Rows | Queried, date: dt.date | int, key: str) -> int:
    """Return a date as months since year 0, or the whole number of time itself.

    Raises
    ------
    DataError
        Where a date meets whole numbers or the reverse.
    """
    if isinstance(date, dt.date) != rows.dated:
        held, wanted = ("months or dates", "a date") if rows.dated else ("whole numbers", "one")
        raise DataError(f"{rows.where}.{key}: the panel's time is {held}; give {wanted}")
    return date.year * 12 + date.month - 1 if isinstance(date, dt.date) else date


def none_before(where: str, date: dt.date | int, key: str) -> DataError:
    """Return the refusal of a panel without a row before a date."""
    return DataError(f"{where}.{key}: no row lies before {date}; check it and the window")
