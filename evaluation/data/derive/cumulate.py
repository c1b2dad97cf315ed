"""The sum of a column over a unit's rows so far, this one included."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from evaluation.data.derive._moved import keys, require_single
from evaluation.data.derive.contract import FloatArray, IntArray, Need, Rows
from evaluation.spec.options import Column, OptionsModel

NEEDS: frozenset[Need] = frozenset({"unit", "time"})
ROW_WISE = False


class Options(OptionsModel):
    """The column that is summed.

    Attributes
    ----------
    column
        Column whose values are added over a unit's rows so far; missing from its first missing
        value on.
    """

    column: Column


def apply(rows: Rows, options: Any) -> FloatArray | IntArray:
    """Return the sum so far, missing from the first missing value on, shape ``(n,)``.

    The first row is the first that the source gives: what lies before it is not counted.

    Raises
    ------
    DataError
        Where a unit has several rows at one time.
    """
    require_single(rows)
    values = rows.numbers(options.column)
    order = np.argsort(keys(rows), kind="stable")
    unit, sorted_ = rows.units()[order], pd.Series(values[order])
    sums = sorted_.fillna(0).groupby(unit).cumsum().to_numpy()
    lost = sorted_.isna().groupby(unit).cummax().to_numpy()
    found = np.empty(len(values), dtype=np.float64 if lost.any() else sums.dtype)
    found[order] = np.where(lost, np.nan, sums) if lost.any() else sums
    return found
