"""The mean of a column before a date, over the rows of a unit or group."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from evaluation.data.derive._dates import before
from evaluation.data.derive.contract import FloatArray, Need, Rows
from evaluation.spec.options import Column, OptionsModel

NEEDS: frozenset[Need] = frozenset({"unit", "time"})
ROW_WISE = False


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
