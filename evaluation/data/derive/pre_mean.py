"""The mean of a column before a date, over the rows of a unit or group."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from evaluation.data.derive._dates import before, limit_of, none_before
from evaluation.data.derive.contract import FloatArray, Grouping, Need, Queried, Rows
from evaluation.spec.options import Column, OptionsModel

NEEDS: frozenset[Need] = frozenset({"unit", "time"})
ROW_WISE = False
# Sums of whole numbers are exact in any order while all absolute values add up to no more.
LARGEST_EXACT = 2.0**53


class Options(OptionsModel):
    """The column, the group, and the date.

    Attributes
    ----------
    column
        Column that is averaged.
    by
        Column that names the group; the panel's unit if not given.
    before
        Date before which rows count, or a whole number where time is one; rows of that time do not.
    """

    column: Column
    by: Column | None = None
    before: dt.date | int


def apply(rows: Rows, options: Any) -> FloatArray:
    """Return the mean of the group's rows before the date, shape ``(n,)``.

    Every row that the source gives counts, whether or not the sample keeps it. Missing where the
    group has no such row.
    """
    early = before(rows, options.before, "before")
    values = rows.numbers(options.column).astype(np.float64)
    group = rows.units() if options.by is None else pd.factorize(rows.frame[options.by])[0]
    counted = np.flatnonzero(early & ~np.isnan(values) & (group >= 0))
    # In the order of values, so that the last bit does not follow the order of rows.
    counted = counted[np.lexsort((values[counted], group[counted]))]
    levels = int(group.max()) + 1 if len(group) else 0
    sums = np.bincount(group[counted], values[counted], levels)
    counts = np.bincount(group[counted], minlength=levels)
    means = np.full(levels + 1, np.nan)
    np.divide(sums, counts, out=means[:levels], where=counts > 0)
    return means[group]


def grouping(rows: Queried, options: Any) -> Grouping:
    """Return what the means follow from: how many values, their sum, and whether it is exact."""
    import ibis

    values = rows.numbers(options.column).cast("float64")
    # The floor is an integer of 64 bits: infinite and huge values have none.
    small = ibis.cases((values.abs() > LARGEST_EXACT, 0.5), else_=values)
    return Grouping(
        options.by,
        rows.time < limit_of(rows, options.before, "before"),
        {
            "known": values.count(),
            "total": values.sum(),
            "size": values.abs().sum(),
            "fractions": (small != small.floor()).any(),
        },
    )


def of_groups(sums: pd.DataFrame, where: str, options: Any) -> FloatArray | None:
    """Return the mean of every group, ``None`` where values are not whole: see ``Grouped``."""
    if sums.empty:
        raise none_before(where, options.before, "before")
    known = sums["known"].to_numpy(np.int64)
    total, size = (sums[name].to_numpy(np.float64, na_value=np.nan) for name in ("total", "size"))
    if sums["fractions"].eq(True).any() or (size[known > 0] > LARGEST_EXACT).any():
        return None
    means = np.full(len(sums), np.nan)
    np.divide(total, known, out=means, where=known > 0)
    return means
