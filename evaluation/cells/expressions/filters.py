"""Filters as expressions: the truth table of ``data/filters.py`` in SQL."""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from evaluation.cells.expressions.values import may_lack
from evaluation.cells.relation import ColumnFacts
from evaluation.errors import DataError
from evaluation.spec.filters import Filter

TESTS: dict[str, Callable[[Any, Any], Any]] = {
    "equals": operator.eq,
    "not_equals": operator.ne,
    "one_of": lambda values, allowed: values.isin(allowed),
    "none_of": lambda values, refused: ~values.isin(refused),
    "at_least": operator.ge,
    "above": operator.gt,
    "at_most": operator.le,
    "below": operator.lt,
}


def decided(values: Any, facts: ColumnFacts, condition: Filter, where: str) -> Any:
    """Return which rows satisfy a filter, null where the value is null and the spec is silent.

    Where the filter speaks of ``missing`` the result is never null.

    Parameters
    ----------
    values
        Ibis column, of the kind that ``facts`` says, without NaN.
    facts
        What is known of the column.
    condition
        The filter.
    where
        Key path for messages.

    Raises
    ------
    DataError
        Where text is compared with a number, a number with text, or either with a date.
    """
    import ibis

    parts = []
    for name, wanted in condition.conditions.items():
        if name == "missing":
            parts.append(values.isnull() if wanted else values.notnull())
            continue
        comparable, plain = _comparable(values, facts, wanted, where, condition.column)
        parts.append(TESTS[name](comparable, plain))
    if not parts:
        return ibis.literal(True)
    result = reduce(operator.and_, parts)
    if condition.missing is not None and len(parts) > 1 and may_lack(facts):
        return result.fill_null(False)
    return result


def satisfied(values: Any, facts: ColumnFacts, condition: Filter, where: str) -> Any:
    """Return which rows satisfy a filter, never null: a missing value satisfies nothing else.

    Parameters and errors are those of :func:`decided`.
    """
    result = decided(values, facts, condition, where)
    silent = condition.missing is None and bool(condition.conditions)
    return result.fill_null(False) if silent and may_lack(facts) else result


def _comparable(
    values: Any, facts: ColumnFacts, wanted: Any, where: str, column: str
) -> tuple[Any, Any]:
    """Return the values, and what is wanted of them, in types that can be compared."""
    items = wanted if isinstance(wanted, tuple) else (wanted,)
    if any(isinstance(item, dt.date) for item in items):
        if facts.kind not in ("text", "date") or not _all_dates(items):
            raise DataError(f"{where}: compares with a date, but column {column!r} holds no dates")
        dates = values.cast("date") if facts.kind == "text" else values
        return dates, _as_dates(dates, wanted)
    if facts.kind == "date":
        raise DataError(f"{where}: column {column!r} holds dates; compare it with a date")
    is_text = facts.kind == "text"
    if is_text != any(isinstance(item, str) for item in items):
        held, given = ("text", "a number") if is_text else ("numbers", "text")
        raise DataError(f"{where}: compares with {given}, but column {column!r} holds {held}")
    if facts.kind == "boolean":
        values = values.cast("int32")
    return values, _plain(wanted)


def _all_dates(items: Sequence[Any]) -> bool:
    return all(isinstance(item, dt.date) for item in items)


def _plain(wanted: Any) -> Any:
    """Return what is wanted with true and false as 1 and 0, as numbers compare."""
    if isinstance(wanted, tuple):
        return tuple(_plain(item) for item in wanted)
    return int(wanted) if isinstance(wanted, bool) else wanted


def _as_dates(values: Any, wanted: Any) -> Any:
    """Return dates as the column's own type: midnight where it knows the time of day."""
    import ibis

    if isinstance(wanted, tuple):
        return tuple(_as_dates(values, item) for item in wanted)
    if values.type().is_timestamp():
        return ibis.literal(dt.datetime(wanted.year, wanted.month, wanted.day))
    return ibis.literal(wanted)
