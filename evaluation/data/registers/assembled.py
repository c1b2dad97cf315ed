"""Typed entries as whole canonical tables, by person and in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from evaluation.data.registers.contract import Kind, Table, Temporality
from evaluation.data.registers.kinds import TYPES
from evaluation.data.registers.part import PERSON_KEY, SCHEMA, Entry
from evaluation.data.registers.rules.overlap import APART
from evaluation.data.registers.shapes.contract import Shape
from evaluation.data.registers.sql import quoted

if TYPE_CHECKING:
    import duckdb

_WHOLE = "whole"
_VIEWS = "words"


def put_together(
    connection: duckdb.DuckDBPyConnection, table: Table, entries: Mapping[Entry, Sequence[str]]
) -> tuple[str, tuple[str, ...]]:
    """Return the relation of all entries of a table, as SQL, and its columns.

    Parameters
    ----------
    connection
        Holds the entries' relations, which may be gone afterwards.
    table
        The canonical table.
    entries
        Its entries, with the columns of each.
    """
    shapes: dict[str, tuple[Shape, list[Entry]]] = {}
    for entry in entries:
        name = entry.mapping.shape or ""
        shapes.setdefault(name, (entry.shape, []))[1].append(entry)
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {_VIEWS}")
    relations = []
    for at, (shape, same) in enumerate(shapes.values()):
        query = shape.together(table.name, {entry.word: entries[entry] for entry in same})
        if len(entries) == 1 and query == f"SELECT * FROM {quoted(same[0].word)}":
            return same[0].relation, tuple(entries[same[0]])
        for entry in same:
            connection.execute(
                f"CREATE OR REPLACE VIEW {_VIEWS}.{quoted(entry.word)} AS "
                f"SELECT * FROM {entry.relation}"
            )
        connection.execute(f"SET search_path = '{_VIEWS},main'")
        relation = f"main.{quoted(f'{_WHOLE} {at} {table.name}')}"
        connection.execute(f"CREATE OR REPLACE TABLE {relation} AS {query}")
        connection.execute("SET search_path = 'main'")
        for entry in same:
            connection.execute(f"DROP VIEW {_VIEWS}.{quoted(entry.word)}")
            connection.execute(f"DROP TABLE {SCHEMA}.{quoted(entry.name)}")
        relations.append(relation)
    relation = relations[0]
    if len(relations) > 1:
        relation = f"main.{quoted(f'{_WHOLE} {table.name}')}"
        stacked = " UNION ALL BY NAME ".join(f"SELECT * FROM {one}" for one in relations)
        connection.execute(f"CREATE OR REPLACE TABLE {relation} AS {stacked}")
        for one in relations:
            connection.execute(f"DROP TABLE {one}")
    described = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    return relation, tuple(row[0] for row in described)


def number_persons(
    connection: duckdb.DuckDBPyConnection, relations: Sequence[str], register: str | None
) -> int:
    """Make the table ``persons`` (person, key, linked), and return how many there are.

    Parameters
    ----------
    connection
        Holds the relations.
    relations
        Those with a ``person_key``.
    register
        That of the table ``person``; ``None`` where it is not delivered, and all are linked.
    """
    keys = " UNION ".join(f"SELECT DISTINCT {PERSON_KEY} AS key FROM {one}" for one in relations)
    known = f"SELECT {PERSON_KEY} FROM {register}" if register else None
    linked = f"key IN ({known} WHERE {PERSON_KEY} IS NOT NULL)" if known else "TRUE"
    connection.execute(
        f"CREATE TABLE persons AS SELECT row_number() OVER (ORDER BY key) AS person, key, "
        f"{linked} AS linked FROM ({keys or 'SELECT NULL AS key WHERE FALSE'}) "
        "WHERE key IS NOT NULL ORDER BY key"
    )
    row = connection.execute("SELECT count(*) FROM persons").fetchone()
    return int(row[0]) if row else 0


def put_in_order(
    connection: duckdb.DuckDBPyConnection, table: Table, relation: str, columns: Sequence[str]
) -> str:
    """Return the relation of a table with persons' codes and all its columns, in order.

    Rows without a person's key are left out. What is not delivered is ``NULL``.
    """
    fresh = f"main.{quoted(table.name)}"
    shown = []
    for name, column in table.columns.items():
        if column.kind is Kind.PERSON:
            shown.append("persons.person")
            continue
        type_ = TYPES[column.kind]
        held = f"t.{quoted(name)}" if name in columns else "NULL"
        shown.append(f"CAST({held} AS {type_}) AS {quoted(name)}")
    join = f" JOIN persons ON persons.key = t.{PERSON_KEY}" if PERSON_KEY in columns else ""
    order = ", ".join(order_of(table))
    connection.execute(
        f"CREATE OR REPLACE TABLE {fresh} AS SELECT {', '.join(shown)} FROM {relation} AS t{join} "
        f"ORDER BY {order}"
    )
    connection.execute(f"DROP TABLE {relation}")
    return fresh


def order_of(table: Table) -> tuple[str, ...]:
    """Return the columns that rows are sorted by: person, spells that exclude others, key, rest."""
    names: list[str] = []
    if table.spell is not None and table.temporality is not Temporality.REFERENCE:
        names = [*APART.get(table.name, ()), *table.spell]
    names = [*names, *table.key, *table.columns]
    wanted = dict.fromkeys(name for name in names if table.columns[name].kind is not Kind.PERSON)
    personal = any(one.kind is Kind.PERSON for one in table.columns.values())
    return (*(("person",) if personal else ()), *(quoted(name) for name in wanted))
