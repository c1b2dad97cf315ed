"""Rows that a query engine can read: a table expression with what is known of its columns."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

Kind = Literal["integer", "boolean", "float", "text", "date"]
# Ibis types of columns that are bound to no engine.
TYPES: dict[Kind, str] = {
    "integer": "int64",
    "boolean": "boolean",
    "float": "float64",
    "text": "string",
    "date": "date",
}


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
    looked_up
        Columns that every row finds in other rows of the panel, which costs each query.
    without
        ``table`` without these; ``None`` where there are none.
    """

    table: Any
    columns: Mapping[str, ColumnFacts]
    inputs: Mapping[str, str]
    engine: str
    looked_up: frozenset[str] = frozenset()
    without: Any = None

    def with_looked_up(
        self, table: Any, columns: Mapping[str, ColumnFacts], names: Collection[str]
    ) -> Relation:
        """Return the relation with columns that rows find elsewhere.

        Parameters
        ----------
        table
            The same rows, with these columns.
        columns
            Facts by column.
        names
            The columns that are looked up.
        """
        without = self.table if self.without is None else self.without
        return replace(
            self, table=table, columns=columns, looked_up=self.looked_up | {*names}, without=without
        )

    def reading(self, columns: Collection[str]) -> Relation:
        """Return the relation for a query of some columns, without those it need not look up.

        Parameters
        ----------
        columns
            Every column that the query reads.
        """
        if self.without is None or self.looked_up & {*columns}:
            return self
        known = {name: one for name, one in self.columns.items() if name not in self.looked_up}
        return replace(self, table=self.without, columns=known, looked_up=frozenset(), without=None)
