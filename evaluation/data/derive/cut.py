"""Classes of a column by cut points; a value at a point lies above it."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise
from operator import add
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field, model_validator

from evaluation.data.derive.contract import Need, Queried, Rows
from evaluation.spec.options import Column, OptionsModel

NEEDS: frozenset[Need] = frozenset()
ROW_WISE = True


class Options(OptionsModel):
    """The column, k rising points, and labels.

    Attributes
    ----------
    column
        Column that is cut into classes, of numbers.
    at
        Rising points; a value at a point lies above it.
    labels
        Names of the classes: k + 1, or k - 1 where values below the first point, and from the last
        on, are to be missing; classes are 0 to k if not given.
    """

    column: Column
    at: tuple[float, ...] = Field(min_length=1)
    labels: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _fits(self) -> Options:
        if any(low >= high for low, high in pairwise(self.at)):
            raise ValueError("at must rise from each point to the next")
        wanted = {len(self.at) + 1, len(self.at) - 1} - {0}
        if self.labels is not None and len(self.labels) not in wanted:
            raise ValueError(
                f"{len(self.at)} points take {len(self.at) + 1} labels, or {len(self.at) - 1} "
                "where values outside the points are to be missing"
            )
        return self


def apply(rows: Rows, options: Any) -> NDArray[Any]:
    """Return the class of every row, shape ``(n,)``."""
    values = rows.numbers(options.column)
    absent = np.isnan(values)
    index = np.searchsorted(np.array(options.at), values, side="right")
    if options.labels is not None:
        named = dict(_named(options))
        found = pd.Series(index).map(named).to_numpy(dtype=object)
        outside = ~np.isin(index, list(named))
        found[absent | outside] = None
        return found
    return np.where(absent, np.nan, index) if absent.any() else index.astype(np.int64)


def _named(options: Any) -> tuple[tuple[int, str], ...]:
    """Return the label of every class that has one."""
    first = 0 if len(options.labels) > len(options.at) else 1
    return tuple(enumerate(options.labels, start=first))


def express(rows: Queried, options: Any) -> Any:
    """Return the class as an expression: how many points lie at or below the value."""
    values = rows.numbers(options.column)
    index = reduce(add, [(values >= point).cast("int64") for point in options.at])
    if options.labels is None:
        return index
    return index.cases(*_named(options))


def bounds(options: Any) -> tuple[int, int] | None:
    """Return the first and last class, nothing where classes are text."""
    return (0, len(options.at)) if options.labels is None else None
