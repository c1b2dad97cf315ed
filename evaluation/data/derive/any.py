"""1 where one of several columns is not zero."""

from __future__ import annotations

import operator
from typing import Any

from pydantic import Field

from evaluation.data.derive._truth import queried_truth, truth
from evaluation.data.derive.contract import FloatArray, IntArray, Need, Queried, Rows
from evaluation.spec.options import Column, OptionsModel

NEEDS: frozenset[Need] = frozenset()
ROW_WISE = True
DECIDES = True


class Options(OptionsModel):
    """The columns that are looked at.

    Attributes
    ----------
    columns
        Columns of which one must differ from zero, two or more.
    """

    columns: tuple[Column, ...] = Field(min_length=2)


def apply(rows: Rows, options: Any) -> FloatArray | IntArray:
    """Return 1 where one of them is not zero, shape ``(n,)``.

    A missing value decides nothing: the result is missing where the others leave it open.
    """
    return truth([rows.numbers(name) for name in options.columns], decides=DECIDES)


def express(rows: Queried, options: Any) -> Any:
    """Return the same as an expression."""
    return queried_truth([rows.numbers(name) for name in options.columns], operator.or_)


def bounds(options: Any) -> tuple[int, int] | None:
    """Return 0 and 1."""
    del options
    return 0, 1
