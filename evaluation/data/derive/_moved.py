"""A column of the same unit at another time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evaluation.data.derive.contract import IntArray, Rows
from evaluation.errors import DataError


def require_single(rows: Rows) -> None:
    """Refuse units that have several rows at one time.

    Raises
    ------
    DataError
        With their number.
    """
    key = keys(rows)
    if np.all(key[1:] > key[:-1]):  # as panels come: in order, where a glance is enough
        return
    ordered = np.sort(key)
    repeated = int((ordered[1:] == ordered[:-1]).sum())
    if repeated:
        raise DataError(
            f"{rows.where}: {repeated} rows repeat a unit and time; it looks up one row each"
        )


def keys(rows: Rows) -> IntArray:
    """Return one whole number for each unit and time, rising with time inside a unit."""
    time = rows.times()
    low = int(time.min()) if len(time) else 0
    span = int(time.max()) - low + 1 if len(time) else 1
    return rows.units() * span + (time - low)


def moved(rows: Rows, column: str, by: int) -> NDArray[np.float64]:
    """Return a column ``by`` months, or whole numbers of time, later; missing without such a row.

    Parameters
    ----------
    rows
        Rows with unit and time.
    column
        A column of numbers.
    by
        Negative for earlier.

    Raises
    ------
    DataError
        Where a unit has several rows at one time.
    """
    require_single(rows)
    values = rows.numbers(column).astype(np.float64)
    time, unit = rows.times(), rows.units()
    if not len(time):
        return values
    low = int(time.min()) + min(by, 0)
    span = int(time.max()) + max(by, 0) - low + 1
    key = unit * span + (time - low)
    order = np.argsort(key, kind="stable")
    wanted = key + by
    at = np.minimum(np.searchsorted(key[order], wanted), len(key) - 1)
    found = order[at]
    return np.where(key[found] == wanted, values[found], np.nan)
