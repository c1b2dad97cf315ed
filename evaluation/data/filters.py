"""Filters on a frame: which rows satisfy the conditions of a spec."""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.data.periods import dates_of
from evaluation.errors import DataError
from evaluation.spec.filters import Filter

BoolArray = NDArray[np.bool_]
Test = Callable[[pd.Series, Any], Any]

TESTS: dict[str, Test] = {
    "equals": operator.eq,
    "not_equals": operator.ne,
    "one_of": lambda values, allowed: values.isin(allowed),
    "none_of": lambda values, refused: ~values.isin(refused),
    "at_least": operator.ge,
    "above": operator.gt,
    "at_most": operator.le,
    "below": operator.lt,
}


def satisfied(values: pd.Series, condition: Filter, where: str) -> BoolArray:
    """Return which of ``values`` satisfy every condition of a filter.

    Parameters
    ----------
    values
        The filter's column, shape ``(n,)``.
    condition
        The filter.
    where
        Key path for messages.

    Raises
    ------
    DataError
        Where text is compared with a number, or a number with text.
    """
    absent = values.isna().to_numpy()
    result = np.ones(len(values), dtype=bool)
    for name, wanted in condition.conditions.items():
        if name == "missing":
            result &= absent if wanted else ~absent
            continue
        comparable = _comparable(values, wanted, where, condition.column)
        plain = (
            tuple(_plain(item) for item in wanted) if isinstance(wanted, tuple) else _plain(wanted)
        )
        result &= np.asarray(TESTS[name](comparable, plain), dtype=bool) & ~absent
    return result


def _plain(value: Any) -> Any:
    return pd.Timestamp(value) if isinstance(value, dt.date) else value


def _comparable(values: pd.Series, wanted: Any, where: str, column: str) -> pd.Series:
    """Return the values in a type that can be compared with what is wanted."""
    items = wanted if isinstance(wanted, tuple) else (wanted,)
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = pd.Series(np.asarray(values), values.index)
    if any(isinstance(item, dt.date) for item in items):
        dates = dates_of(values)
        if dates.isna().sum() > values.isna().sum():
            raise DataError(f"{where}: compares with a date, but column {column!r} holds no dates")
        return dates
    if pd.api.types.is_datetime64_any_dtype(values):
        raise DataError(f"{where}: column {column!r} holds dates; compare it with a date")
    is_text = pd.api.types.is_string_dtype(values) or values.dtype == object
    wants_text = any(isinstance(item, str) for item in items)
    if is_text != wants_text and values.notna().any():
        held, given = ("text", "a number") if is_text else ("numbers", "text")
        raise DataError(f"{where}: compares with {given}, but column {column!r} holds {held}")
    return values
