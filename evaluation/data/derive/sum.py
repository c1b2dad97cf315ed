"""The sum of columns, missing where one of them is."""

from __future__ import annotations

import operator
from typing import Any

from pydantic import Field

from evaluation.data.derive._numbers import folded
from evaluation.data.derive.contract import FloatArray, IntArray, Need, Queried, Rows
from evaluation.spec.options import Column, OptionsModel

NEEDS: frozenset[Need] = frozenset()
ROW_WISE = True


class Options(OptionsModel):
    """The columns that are added.

    Attributes
    ----------
    columns
        Columns that are added, two or more.
    """

    columns: tuple[Column, ...] = Field(min_length=2)


def apply(rows: Rows, options: Any) -> FloatArray | IntArray:
    """Return the sum, shape ``(n,)``."""
    found: FloatArray | IntArray = folded(rows, options.columns, operator.add)
    return found


def express(rows: Queried, options: Any) -> Any:
    """Return the sum as an expression."""
    return folded(rows, options.columns, operator.add)


def bounds(options: Any) -> tuple[int, int] | None:
    """Return nothing: bounds of sums follow from the rows."""
    del options
    return None
