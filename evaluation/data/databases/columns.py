"""Columns of a database in the types that files have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from evaluation.errors import DataError


def plain_columns_of(table: Any, names: Sequence[str]) -> Any:
    """Return an Ibis table of some columns, as whole numbers, floats, booleans, text or dates.

    Decimals without places become whole numbers, with places floats; whoever needs more than 15
    digits must say so in the database.

    Parameters
    ----------
    table
        Ibis table of a database.
    names
        Columns, all in the table.

    Raises
    ------
    DataError
        Where a column holds something else: lists, durations, bytes.
    """
    chosen = {}
    for name in names:
        kind = table[name].type()
        cast = next((cast for test, cast in KINDS if test(kind)), None)
        if cast is None:
            held = type(kind).__name__.lower()
            raise DataError(
                f"panel.table: column {name!r} holds {held} values; allowed: numbers, text, dates "
                "and booleans"
            )
        chosen[name] = cast(table[name])
    return table.select(**chosen)


def _same(column: Any) -> Any:
    return column


def _decimal(column: Any) -> Any:
    return column.cast("int64" if column.type().scale == 0 else "float64")


def _utc(column: Any) -> Any:
    return column.cast("timestamp")


# Kinds of columns and what is made of them, in order.
KINDS: tuple[tuple[Callable[[Any], bool], Callable[[Any], Any]], ...] = (
    (lambda kind: kind.is_boolean(), _same),
    (lambda kind: kind.is_integer(), _same),
    (lambda kind: kind.is_floating(), _same),
    (lambda kind: kind.is_decimal(), _decimal),
    (lambda kind: kind.is_string(), _same),
    (lambda kind: kind.is_date(), _same),
    (lambda kind: kind.is_timestamp() and kind.timezone is not None, _utc),
    (lambda kind: kind.is_timestamp(), _same),
    (lambda kind: kind.is_uuid(), lambda column: column.cast("string")),
)
