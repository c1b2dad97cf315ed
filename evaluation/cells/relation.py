"""Rows that a query engine can read: a table expression with what is known of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["integer", "boolean", "float", "text", "date"]


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """What the schema and statistics say of a column, without a scan.

    Attributes
    ----------
    kind
        Type of its values.
    low, high
        Bounds of an integer or whole column, ``None`` where nobody knows.
    nulls
        Missing values, ``None`` where nobody counted; 0 makes expressions cheaper.
    whole
        Whether a float column holds whole numbers alone, of at most 2**53; ``None`` if unknown.
    """

    kind: Kind
    low: int | None = None
    high: int | None = None
    nulls: int | None = None
    whole: bool | None = None


@dataclass(frozen=True)
class Relation:
    """A panel as a query engine sees it.

    Attributes
    ----------
    table
        Ibis table expression, bound to its engine.
    columns
        Facts by column.
    inputs
        Digest of every input by a printable name.
    engine
        ``duckdb``, ``spark``, ...: a file of ``cells/engines``.
    """

    table: Any
    columns: Mapping[str, ColumnFacts]
    inputs: Mapping[str, str]
    engine: str
