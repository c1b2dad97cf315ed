"""1 where an amount exceeds k times the basic amount (G)."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from pydantic import Field

from evaluation.data.derive._basic_amount import last_month, steps
from evaluation.data.derive.contract import FloatArray, IntArray, Need, Queried, Rows
from evaluation.errors import DataError
from evaluation.spec.options import Column, OptionsModel

NEEDS: frozenset[Need] = frozenset({"time"})
ROW_WISE = True
FIRST_YEAR = 1900


class Options(OptionsModel):
    """The amount, k, and whether it is a year's or a month's.

    Attributes
    ----------
    column
        Column of the amount, in nominal kroner.
    times
        How many times G the amount must exceed (k).
    per
        ``year`` compares with the mean G of the calendar year, ``month`` with a twelfth of the G in
        force.
    """

    column: Column
    times: float = Field(default=1.0, gt=0)
    per: Literal["year", "month"] = "year"


def apply(rows: Rows, options: Any) -> FloatArray | IntArray:
    """Return 1 above the threshold, 0 at or below, missing where the amount is, shape ``(n,)``.

    Raises
    ------
    DataError
        Where a row lies outside the series of G, or time is neither months nor years.
    """
    month = rows.times() if rows.dated else _years(rows.times(), rows.where, options)
    at, amounts = (np.array(part) for part in zip(*steps(options.per), strict=True))
    outside = (month < at[0]) | (month > last_month(options.per))
    if outside.any():
        raise DataError(
            f"{rows.where}: {int(outside.sum())} rows lie outside the years for which G is known "
            f"({at[0] // 12} to {last_month(options.per) // 12}); narrow the rows"
        )
    threshold = options.times * amounts[np.searchsorted(at, month, side="right") - 1]
    values = rows.numbers(options.column)
    absent = np.isnan(values)
    over = (values > threshold).astype(np.int64)
    return np.where(absent, np.nan, over) if absent.any() else over


def _years(time: IntArray, where: str, options: Any) -> IntArray:
    """Return whole-number time, which must be calendar years, as months."""
    if options.per == "month" or not len(time) or time.min() < FIRST_YEAR:
        raise DataError(
            f"{where}: G changes by date, and the panel's time is whole numbers; see "
            "panel.time_unit, or let time be calendar years with per = 'year'"
        )
    return time * 12


def express(rows: Queried, options: Any) -> Any:
    """Return the same as an expression, missing outside the series of G."""
    import ibis

    if not rows.dated:
        return None
    table = steps(options.per)
    threshold: Any = ibis.null("float64")
    for month, amount in table:
        threshold = (rows.time >= month).ifelse(ibis.literal(options.times * amount), threshold)
    threshold = (rows.time <= last_month(options.per)).ifelse(threshold, ibis.null("float64"))
    return (rows.numbers(options.column) > threshold).cast("int64")


def bounds(options: Any) -> tuple[int, int] | None:
    """Return 0 and 1."""
    del options
    return 0, 1
