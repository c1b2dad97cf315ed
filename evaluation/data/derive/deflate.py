"""Kroner in the prices of another time, by an index that is a column of the panel."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from evaluation.data.derive._numbers import queried_quotient, quotient
from evaluation.data.derive.contract import FloatArray, Need, Queried, Rows
from evaluation.spec.options import Column, OptionsModel

NEEDS: frozenset[Need] = frozenset()
ROW_WISE = True


class Options(OptionsModel):
    """The amount, the price index of its row, and the index whose prices are wanted.

    Attributes
    ----------
    column
        Column of the amount, in the kroner of its row.
    index
        Column of the price index of the row.
    base
        Value of the index in whose prices the amount is wanted.
    """

    column: Column
    index: Column
    base: float = Field(default=100.0, gt=0)


def apply(rows: Rows, options: Any) -> FloatArray:
    """Return amount × base / index, shape ``(n,)``."""
    return quotient(rows.numbers(options.column) * options.base, rows.numbers(options.index))


def express(rows: Queried, options: Any) -> Any:
    """Return amount × base / index as an expression."""
    amount = rows.numbers(options.column).cast("float64") * options.base
    return queried_quotient(amount, rows.numbers(options.index))


def bounds(options: Any) -> tuple[int, int] | None:
    """Return nothing: real kroner are no whole numbers."""
    del options
    return None
