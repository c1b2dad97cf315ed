"""Months from a date to a month written as YYYYMM, such as the month of birth."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.data.derive.contract import Need, Queried, Rows
from evaluation.errors import DataError
from evaluation.spec.options import Column, OptionsModel

NEEDS: frozenset[Need] = frozenset()
ROW_WISE = True

# Months of years written with four digits.
FIRST, LAST = 100001, 999912


class Options(OptionsModel):
    """The column, and the date from which months count.

    Attributes
    ----------
    column
        Column that holds a month as YYYYMM, such as that of birth.
    since
        Date whose month is 0; earlier months are negative.
    """

    column: Column
    since: dt.date


def apply(rows: Rows, options: Any) -> NDArray[Any]:
    """Return whole months, negative before the date, missing where the column is, shape ``(n,)``.

    Raises
    ------
    DataError
        Where a value is no month.
    """
    values = rows.numbers(options.column)
    absent = np.isnan(values)
    month = np.where(absent, FIRST, values)
    part = month % 100
    wrong = (month < FIRST) | (month > LAST) | (part < 1) | (part > 12) | (part != np.floor(part))
    if wrong.any():
        raise DataError(
            f"{rows.where}: column {options.column!r} holds {int(wrong.sum())} values that are no "
            "months (YYYYMM); mark them as missing, or name another column"
        )
    found = month // 100 * 12 + part - 1 - _zero(options)
    return np.where(absent, np.nan, found) if absent.any() else found.astype(np.int64)


def express(rows: Queried, options: Any) -> Any:
    """Return the same as an expression, missing where a value is no month."""
    import ibis

    values = rows.numbers(options.column)
    month = values.cast("int64")
    part = month % 100
    right = (month >= FIRST) & (month <= LAST) & (part >= 1) & (part <= 12) & (month == values)
    found = (month - part) // 100 * 12 + part - 1 - _zero(options)
    return right.ifelse(found.cast("int64"), ibis.null("int64"))


def bounds(options: Any) -> tuple[int, int] | None:
    """Return nothing: the months may lie anywhere."""
    del options
    return None


def _zero(options: Any) -> int:
    return int(options.since.year * 12 + options.since.month - 1)
