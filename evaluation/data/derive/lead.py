"""A column of the same unit some months later."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from evaluation.data.derive._moved import moved
from evaluation.data.derive.contract import FloatArray, Need, Rows
from evaluation.spec.options import Column, OptionsModel

NEEDS: frozenset[Need] = frozenset({"unit", "time"})
ROW_WISE = False


class Options(OptionsModel):
    """The column, and how far away it is read.

    Attributes
    ----------
    column
        Column whose later value is read, of the same unit; missing without a row then.
    by
        Months later; where time is whole numbers, how many of those.
    """

    column: Column
    by: int = Field(default=1, ge=1)


def apply(rows: Rows, options: Any) -> FloatArray:
    """Return the unit's value then, missing where it has no row then, shape ``(n,)``."""
    return moved(rows, options.column, options.by)
