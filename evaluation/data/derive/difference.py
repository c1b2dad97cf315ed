"""The first column less the second, missing where one of them is."""

from __future__ import annotations

import operator
from typing import Any

from evaluation.data.derive._numbers import folded
from evaluation.data.derive.contract import FloatArray, IntArray, Need, Queried, Rows
from evaluation.spec.options import Column, OptionsModel

NEEDS: frozenset[Need] = frozenset()
ROW_WISE = True


class Options(OptionsModel):
    """The two columns.

    Attributes
    ----------
    columns
        The column, and the one that is taken off it.
    """

    columns: tuple[Column, Column]


def apply(rows: Rows, options: Any) -> FloatArray | IntArray:
    """Return the difference, shape ``(n,)``."""
    found: FloatArray | IntArray = folded(rows, options.columns, operator.sub)
    return found


def express(rows: Queried, options: Any) -> Any:
    """Return the difference as an expression."""
    return folded(rows, options.columns, operator.sub)


def bounds(options: Any) -> tuple[int, int] | None:
    """Return nothing: bounds of differences follow from the rows."""
    del options
    return None
