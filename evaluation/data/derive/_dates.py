"""Which rows lie before a date."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from evaluation.data.derive.contract import Rows
from evaluation.errors import DataError


def before(rows: Rows, date: dt.date | int, key: str) -> NDArray[np.bool_]:
    """Return which rows lie before a date, or a whole number of time, shape ``(n,)``.

    Raises
    ------
    DataError
        Where a date meets whole numbers or the reverse, or no row lies before it.
    """
    dated = isinstance(date, dt.date)
    if dated != rows.dated:
        held, wanted = ("months or dates", "a date") if rows.dated else ("whole numbers", "one")
        raise DataError(f"{rows.where}.{key}: the panel's time is {held}; give {wanted}")
    limit = date.year * 12 + date.month - 1 if isinstance(date, dt.date) else date
    found: NDArray[np.bool_] = rows.times() < limit
    if not found.any():
        raise DataError(f"{rows.where}.{key}: no row lies before {date}; check it and the window")
    return found
