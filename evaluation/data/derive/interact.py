"""The product of columns, or one label for each combination of their values."""

from __future__ import annotations

import operator
from functools import reduce
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from evaluation.data.derive._numbers import folded
from evaluation.data.derive.contract import Need, Queried, Rows
from evaluation.errors import DataError
from evaluation.spec.options import Column, OptionsModel

NEEDS: frozenset[Need] = frozenset()
ROW_WISE = True
BETWEEN = " × "


class Options(OptionsModel):
    """The columns, and whether numbers are multiplied or values combined.

    Attributes
    ----------
    columns
        Columns that are multiplied or combined, two or more.
    combine
        ``product`` multiplies numbers; ``levels`` makes a label for each combination of text or
        whole numbers, such as a municipality in a year for fixed effects.
    """

    columns: tuple[Column, ...] = Field(min_length=2)
    combine: Literal["product", "levels"] = "product"


def apply(rows: Rows, options: Any) -> NDArray[Any]:
    """Return the product or label, missing where a part is, shape ``(n,)``."""
    if options.combine == "product":
        product: NDArray[Any] = folded(rows, options.columns, operator.mul)
        return product
    parts = [_texts(rows, name) for name in options.columns]
    joined = reduce(lambda one, other: one + BETWEEN + other, parts)
    absent = reduce(operator.or_, [rows.frame[name].isna() for name in options.columns])
    return joined.where(~absent, None).to_numpy(dtype=object)


def _texts(rows: Rows, name: str) -> pd.Series:
    """Return the values of a column as text, each distinct value written once."""
    codes, found = pd.factorize(rows.frame[name])
    values = pd.Series(found)
    if pd.api.types.is_float_dtype(values) and (values != np.floor(values)).any():
        raise _fractions(rows.where, name)
    if pd.api.types.is_numeric_dtype(values):
        values = values.astype(np.int64)
    texts = [*values.astype(str), ""]
    return pd.Series(np.array(texts, dtype=object)[codes])


def _fractions(where: str, name: str) -> DataError:
    return DataError(
        f"{where}: column {name!r} holds fractions, which are no levels; cut it into classes first"
    )


def express(rows: Queried, options: Any) -> Any:
    """Return the same as an expression, ``None`` where floats may be no levels."""
    if options.combine == "product":
        return folded(rows, options.columns, operator.mul)
    parts = []
    for name in options.columns:
        values = rows.columns[name]
        kind = values.type()
        if kind.is_floating() or kind.is_decimal():
            return None
        if kind.is_boolean():
            values = values.cast("int64")
        parts.append(values.cast("string"))
    return reduce(lambda one, other: one + BETWEEN + other, parts)


def bounds(options: Any) -> tuple[int, int] | None:
    """Return nothing: bounds of products follow from the rows."""
    del options
    return None
