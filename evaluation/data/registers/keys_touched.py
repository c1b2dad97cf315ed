"""Counts of rows without a person's key, of numbers hashed, and of spells without an end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluation.data.registers.contract import Kind, Table, Touched
from evaluation.data.registers.identity import MARK
from evaluation.data.registers.part import PERSON_KEY
from evaluation.data.registers.rules.open_end import ACTIONS, NOTES
from evaluation.data.registers.sql import literal

if TYPE_CHECKING:
    import duckdb


def keys_touched(
    connection: duckdb.DuckDBPyConnection, table: str, relation: str
) -> tuple[Touched, ...]:
    """Count rows that name no person, and persons named by a number of the state.

    Parameters
    ----------
    connection
        Holds the relation.
    table
        The canonical table.
    relation
        Its rows, with the text ``person_key``.
    """
    number = f"starts_with({PERSON_KEY}, {literal(MARK)})"
    row = connection.execute(
        f"SELECT count(*) FILTER (WHERE {PERSON_KEY} IS NULL), count(*) FILTER (WHERE {number}), "
        f"count(DISTINCT CASE WHEN {number} THEN {PERSON_KEY} END) FROM {relation}"
    ).fetchone()
    nobody, rows, persons = row or (0, 0, 0)
    found = []
    if nobody:
        found.append(Touched(table, "keyless", "name no person: dropped", 0, int(nobody)))
    if rows:
        action = "national identity or DUF numbers: replaced by keyed hashes"
        found.append(Touched(table, "identity", action, int(persons), int(rows)))
    return tuple(found)


def open_ends_touched(connection: duckdb.DuckDBPyConnection, table: Table) -> tuple[Touched, ...]:
    """Count what the rule ``open_end`` noted of a table, by meaning."""
    there = connection.execute(
        "SELECT count(*) FROM information_schema.tables WHERE table_name = ?", [NOTES]
    ).fetchone()
    if not there or not there[0]:
        return ()
    rows = connection.execute(
        f"SELECT meaning, count(DISTINCT key), count(*) FROM {NOTES} WHERE name = ? "
        "GROUP BY meaning ORDER BY meaning",
        [table.name],
    ).fetchall()
    personal = any(one.kind is Kind.PERSON for one in table.columns.values())
    return tuple(
        Touched(table.name, "open_end", ACTIONS[meaning], persons if personal else None, count)
        for meaning, persons, count in rows
    )
