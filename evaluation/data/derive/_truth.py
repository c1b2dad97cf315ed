"""Columns as true or false: a missing value decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np

from evaluation.data.derive.contract import FloatArray, IntArray


def truth(columns: Sequence[FloatArray | IntArray], *, decides: bool) -> FloatArray | IntArray:
    """Return 1 or 0, missing where missing values leave it open, shape ``(n,)``.

    Parameters
    ----------
    columns
        Numbers; what is not zero is true.
    decides
        The value of one column that decides for all: true for *any*, false for *all*.
    """
    decided = np.zeros(len(columns[0]), dtype=bool)
    doubtful = np.zeros(len(columns[0]), dtype=bool)
    for column in columns:
        absent = np.isnan(column)
        decided |= ((column != 0) == decides) & ~absent
        doubtful |= absent
    value = np.where(decided, int(decides), int(not decides)).astype(np.int64)
    open_ = doubtful & ~decided
    return np.where(open_, np.nan, value) if open_.any() else value


def queried_truth(columns: Sequence[Any], verb: Callable[[Any, Any], Any]) -> Any:
    """Return the same as an Ibis expression: AND and OR of SQL know missing values.

    Parameters
    ----------
    columns
        Expressions of numbers.
    verb
        ``operator.and_`` or ``operator.or_``.
    """
    return reduce(verb, [column != 0 for column in columns]).cast("int64")
