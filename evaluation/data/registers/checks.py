"""What a whole typed table must keep: values where they may not miss, one row a key, spells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from evaluation.data.registers.contract import Kind, Table
from evaluation.data.registers.sql import quoted

if TYPE_CHECKING:
    import duckdb


def broken(
    connection: duckdb.DuckDBPyConnection, table: Table, relation: str, delivered: Sequence[str]
) -> Iterator[str]:
    """Yield a line for every promise of the contract that rows break, with their number.

    Parameters
    ----------
    connection
        Holds the relation.
    table
        What was declared of it.
    relation
        Its rows, in order.
    delivered
        Columns that the files have.
    """
    where = f"tables.{table.name}"
    for name, count in _missing(connection, table, relation, delivered):
        yield (
            f'{where}: column "{name}": {_rows(count)} without a value, which every row must have; '
            "correct the files, or see reading.missing in the mapping"
        )
    for count in _repeated(connection, table, relation):
        yield (
            f"{where}: {_rows(count)} with the same {', '.join(table.key)} as another; allowed: "
            "one row a key; deliver each once"
        )
    for count in _backward(connection, table, relation):
        start, end = table.spell or ("", "")
        yield (
            f'{where}: {_rows(count)} with "{end}" before "{start}"; correct the files, or see '
            "reading.dates in the mapping"
        )


def twice_written(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Yield a line where keys of ``persons`` are there both with and without leading zeros."""
    row = connection.execute(
        "SELECT count(*) FROM persons SEMI JOIN (SELECT ltrim(key, '0') AS key FROM persons "
        "WHERE key[1:1] = '0' AND regexp_full_match(key, '[0-9]+')) USING (key)"
    ).fetchone()
    if row and row[0]:
        who = "person" if row[0] == 1 else "persons"
        yield (
            f"tables: keys of {row[0]:,} {who} are there both with and without leading zeros, as "
            "where a file holds keys as numbers; deliver them as text in every file"
        )


def _missing(
    connection: duckdb.DuckDBPyConnection, table: Table, relation: str, delivered: Sequence[str]
) -> Iterator[tuple[str, int]]:
    wanted = [
        name
        for name, column in table.columns.items()
        if column.complete and name in delivered and column.kind is not Kind.PERSON
    ]
    if not wanted:
        return
    counts = ", ".join(f"count(*) FILTER (WHERE {quoted(name)} IS NULL)" for name in wanted)
    for name, count in zip(
        wanted, _row(connection, f"SELECT {counts} FROM {relation}"), strict=True
    ):
        if count:
            yield name, int(count)


def _repeated(connection: duckdb.DuckDBPyConnection, table: Table, relation: str) -> Iterator[int]:
    """Rows with one key are neighbours."""
    if not table.key:
        return
    names = [
        "person" if table.columns[name].kind is Kind.PERSON else quoted(name) for name in table.key
    ]
    same = " AND ".join(f"{name} IS NOT DISTINCT FROM lag({name}) OVER ()" for name in names)
    (count,) = _row(
        connection,
        f"SELECT count(*) FROM (SELECT {same} AND row_number() OVER () > 1 AS again "
        f"FROM {relation}) WHERE again",
    )
    if count:
        yield int(count)


def _backward(connection: duckdb.DuckDBPyConnection, table: Table, relation: str) -> Iterator[int]:
    if table.spell is None:
        return
    start, end = (quoted(name) for name in table.spell)
    (count,) = _row(connection, f"SELECT count(*) FILTER (WHERE {end} < {start}) FROM {relation}")
    if count:
        yield int(count)


def _row(connection: duckdb.DuckDBPyConnection, statement: str) -> tuple[Any, ...]:
    return tuple(connection.execute(statement).fetchone() or ())


def _rows(count: int) -> str:
    return f"{count:,} {'row' if count == 1 else 'rows'}"
