"""Columns as expressions with one kind of missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.cells.relation import ColumnFacts, Relation
from evaluation.errors import DataError


def facts_of(relation: Relation, column: str) -> ColumnFacts:
    """Return what is known of a column.

    Raises
    ------
    DataError
        Where the panel has no such column.
    """
    if column not in relation.columns:
        raise DataError(f"panel: no column {column!r}; check the names in the spec")
    return relation.columns[column]


def without_nan(table: Any, columns: Mapping[str, ColumnFacts]) -> Any:
    """Return the table with every NaN null, as a frame has one kind of missing.

    Columns known to hold neither are left alone.
    """
    import ibis

    plain = {
        name: table[name].isnan().ifelse(ibis.null(table[name].type()), table[name])
        for name, facts in columns.items()
        if facts.kind == "float" and facts.nulls is None
    }
    return table.mutate(**plain) if plain else table


def may_lack(facts: ColumnFacts) -> bool:
    """Whether a column can hold a missing value."""
    return facts.nulls is None or facts.nulls > 0
