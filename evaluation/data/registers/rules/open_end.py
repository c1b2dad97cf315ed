"""Spells without an end: the mapping says for every entry what that means.

Entries of one table may differ, so the rule is applied to each before they are put together.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from evaluation.data.registers.part import PERSON_KEY, Entry
from evaluation.data.registers.sql import quoted
from evaluation.errors import DataError

if TYPE_CHECKING:
    import duckdb

NAME = "open_end"
NOTES = "open_ends"

ACTIONS = MappingProxyType(
    {
        "ongoing": "go on to the end of the data",
        "drop": "ended at an unknown time: dropped",
    }
)


def close_ends(
    connection: duckdb.DuckDBPyConnection, entry: Entry, columns: tuple[str, ...]
) -> None:
    """Apply the rule to the relation of an entry, and note keys of the persons touched.

    Raises
    ------
    DataError
        Where the mapping does not say what a missing end means, or that there is none.
    """
    if entry.table.spell is None:
        return
    meaning = entry.mapping.open_end
    if meaning is None:
        raise DataError(
            f"tables.{entry.name}.open_end: says nothing; a missing end means ongoing in some "
            'tables and not in others; allowed: "ongoing", "drop", "error"'
        )
    end = entry.table.spell[1]
    missing = f"{quoted(end)} IS NULL" if end in columns else "TRUE"
    if entry.table.spell[0] not in columns:
        return
    row = connection.execute(f"SELECT count(*) FROM {entry.relation} WHERE {missing}").fetchone()
    count = int(row[0]) if row else 0
    if not count:
        return
    if meaning == "error":
        raise DataError(
            f'tables.{entry.name}: column "{end}": {count:,} {_rows_have(count)} no end, which '
            'open_end = "error" rules out; correct the files, or say "ongoing" or "drop"'
        )
    key = PERSON_KEY if PERSON_KEY in columns else "NULL"
    connection.execute(
        f"CREATE TABLE IF NOT EXISTS {NOTES} (name VARCHAR, meaning VARCHAR, key VARCHAR)"
    )
    connection.execute(
        f"INSERT INTO {NOTES} SELECT ?, ?, {key} FROM {entry.relation} WHERE {missing}",
        [entry.table.name, meaning],
    )
    if meaning == "drop":
        connection.execute(f"DELETE FROM {entry.relation} WHERE {missing}")


def _rows_have(count: int) -> str:
    return "row has" if count == 1 else "rows have"
