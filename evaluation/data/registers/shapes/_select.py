"""SELECTs of canonical columns from the columns of files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from evaluation.data.registers.contract import Kind
from evaluation.data.registers.mapping import TableMapping
from evaluation.data.registers.sql import literal, quoted
from evaluation.data.registers.tables.registry import TABLES
from evaluation.errors import DataError
from evaluation.spec.faults import nearest

PERSON_KEY = "person_key"
PREFIX = r"(w\d{2}_\d{4}_)?"
KEY = re.compile(rf"^{PREFIX}lopenr_person$", re.IGNORECASE)


def table_of(entry: str) -> str:
    """Return the canonical table that an entry of the mapping belongs to."""
    return entry.partition(".")[0]


def word_of(entry: str) -> str:
    """Return what tells an entry from the table's others; the table's name where it is alone."""
    return entry.partition(".")[2] or entry


def person_column(table: str) -> str | None:
    """Return the column of a canonical table that holds persons, if one does."""
    columns = TABLES[table].columns
    return next((name for name, one in columns.items() if one.kind is Kind.PERSON), None)


def own_columns(table: str) -> tuple[str, ...]:
    """Return the canonical columns of a table without the person's."""
    return tuple(name for name in TABLES[table].columns if name != person_column(table))


def found(name: str, raw_columns: Iterable[str]) -> str | None:
    """Return the column of the file that ``name`` means: as it stands, else in another case."""
    columns = list(raw_columns)
    if name in columns:
        return name
    alike = [one for one in columns if one.casefold() == name.casefold()]
    return alike[0] if len(alike) == 1 else None


def lacking(entry: str, name: str, column: str, raw_columns: Iterable[str]) -> str:
    """Return the line of a column that the files have not; it names no other but the nearest."""
    return (
        f"tables.{entry}.columns.{column}: the files have no column {name!r}"
        f"{nearest(name, raw_columns)}; correct the name, or leave the column out"
    )


def key_of(
    entry: str, mapping: TableMapping, raw_columns: Sequence[str], others: Sequence[str] = ()
) -> str:
    """Return the column that holds the person's key.

    Parameters
    ----------
    entry, mapping, raw_columns
        As for ``Shape.canonical``.
    others
        Names that will do where no column is a ``lopenr_person`` and the mapping says none.

    Raises
    ------
    DataError
        Where there is none, or more than one.
    """
    if mapping.key is not None:
        key = found(mapping.key, raw_columns)
        if key is None:
            raise DataError(
                f"tables.{entry}.key: the files have no column {mapping.key!r}"
                f"{nearest(mapping.key, raw_columns)}"
            )
        return key
    keys = [name for name in raw_columns if KEY.match(name)]
    if not keys:
        keys = [one for one in (found(name, raw_columns) for name in others) if one is not None]
    if len(keys) != 1:
        raise DataError(
            f"tables.{entry}: {len(keys)} columns of the files are named lopenr_person, with or "
            "without a prefix; name the person's key with key = "
        )
    return keys[0]


def named(
    entry: str,
    mapping: TableMapping,
    raw_columns: Sequence[str],
    others: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return the expression of each canonical column that the mapping names or holds.

    Parameters
    ----------
    entry, mapping, raw_columns
        As for ``Shape.canonical``.
    others
        Names of columns in the file that hold where the mapping says nothing, if they are there.

    Raises
    ------
    DataError
        With a line for every column that the files have not.
    """
    faults: list[str] = []
    expressions: dict[str, str] = {}
    for column in own_columns(table_of(entry)):
        if column in mapping.constants:
            expressions[column] = literal(mapping.constants[column])
            continue
        name = mapping.columns.get(column)
        other = (others or {}).get(column)
        raw = found(name or other or "", raw_columns)
        if raw is not None:
            expressions[column] = quoted(raw)
        elif name is not None:
            faults.append(lacking(entry, name, column, raw_columns))
    if faults:
        raise DataError(*faults)
    return expressions


def select(expressions: Mapping[str, str], source: str = "raw", where: str = "") -> str:
    """Return the SELECT of expressions by their names, as text."""
    columns = ", ".join(
        f"CAST({expression} AS VARCHAR) AS {quoted(name)}"
        for name, expression in expressions.items()
    )
    return f"SELECT {columns} FROM {source}" + (f" WHERE {where}" if where else "")


def plain(
    entry: str,
    mapping: TableMapping,
    raw_columns: Sequence[str],
    others: Mapping[str, str] | None = None,
    keys: Sequence[str] = (),
) -> str:
    """Return the SELECT of a table whose rows are those of the files; see ``named``."""
    expressions: dict[str, str] = {}
    if person_column(table_of(entry)) is not None:
        expressions[PERSON_KEY] = quoted(key_of(entry, mapping, raw_columns, keys))
    expressions |= named(entry, mapping, raw_columns, others)
    return select(expressions)


def stacked(parts: Mapping[str, Sequence[str]]) -> str:
    """Return the SELECT of all rows of relations, one below the other."""
    return " UNION ALL BY NAME ".join(f"SELECT * FROM {quoted(name)}" for name in parts)
