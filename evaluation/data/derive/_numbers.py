"""Arithmetic that keeps whole numbers whole, on rows and in queries."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np

from evaluation.data.derive.contract import FloatArray, IntArray, Queried, Rows


def folded(rows: Rows | Queried, columns: tuple[str, ...], verb: Any) -> Any:
    """Return columns combined two at a time, from the left.

    Parameters
    ----------
    rows
        Rows, or a table of a query engine.
    columns
        At least one.
    verb
        Takes two columns and gives one, such as ``operator.add``.
    """
    return reduce(verb, [rows.numbers(name) for name in columns])


def quotient(top: FloatArray | IntArray, bottom: FloatArray | IntArray) -> FloatArray:
    """Return a ratio, missing where the denominator is zero or either part is missing."""
    found = np.full(len(top), np.nan)
    np.divide(top, bottom, out=found, where=np.asarray(bottom != 0))
    return found


def queried_quotient(top: Any, bottom: Any) -> Any:
    """Return the same as an Ibis expression."""
    return top.cast("float64") / bottom.cast("float64").nullif(0.0)
