"""The first column over the second, missing where that is zero or one of them is missing."""

from __future__ import annotations

from typing import Any

from evaluation.data.derive._numbers import queried_quotient, quotient
from evaluation.data.derive.contract import FloatArray, Need, Queried, Rows
from evaluation.spec.options import Column, OptionsModel

NEEDS: frozenset[Need] = frozenset()
ROW_WISE = True


class Options(OptionsModel):
    """The two columns.

    Attributes
    ----------
    columns
        Numerator and denominator.
    """

    columns: tuple[Column, Column]


def apply(rows: Rows, options: Any) -> FloatArray:
    """Return the ratio, shape ``(n,)``."""
    return quotient(*(rows.numbers(name) for name in options.columns))


def express(rows: Queried, options: Any) -> Any:
    """Return the ratio as an expression."""
    return queried_quotient(*(rows.numbers(name) for name in options.columns))


def bounds(options: Any) -> tuple[int, int] | None:
    """Return nothing: a ratio is no whole number."""
    del options
    return None
