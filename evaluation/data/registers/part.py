"""One entry of a mapping as a typed table: every value that breaks the contract is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from evaluation.data.registers.contract import Kind, Table
from evaluation.data.registers.kinds import TYPES, WORDS, allowed, outside, recoded, typed
from evaluation.data.registers.mapping import Reading, TableMapping
from evaluation.data.registers.reading.entry import Raw, broken_off, drop_raw, read_entry
from evaluation.data.registers.shapes.contract import Shape
from evaluation.data.registers.sql import quoted
from evaluation.errors import DataError

if TYPE_CHECKING:
    import duckdb

PERSON_KEY = "person_key"
SCHEMA = "parts"
_ANY_TEXT = (Kind.PERSON, Kind.KEY, Kind.CODE)


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """What an entry of a mapping is and how it is read.

    Attributes
    ----------
    name
        Key of the mapping, such as ``benefit_spell.aap``.
    table
        The canonical table that it is, or is part of.
    mapping, reading, shape
        As the mapping says, or the delivery where it says nothing.
    files
        Parts, in order.
    last_year
        Of the delivery.
    """

    name: str
    table: Table
    mapping: TableMapping
    reading: Reading
    shape: Shape
    files: tuple[Path, ...]
    last_year: int

    @property
    def word(self) -> str:
        """What tells it from other entries of its table."""
        return self.name.partition(".")[2] or self.name

    @property
    def relation(self) -> str:
        """Its typed rows, as SQL."""
        return f"{SCHEMA}.{quoted(self.name)}"


def type_entry(connection: duckdb.DuckDBPyConnection, entry: Entry, spill: Path) -> tuple[str, ...]:
    """Read an entry into its relation, and return its canonical columns.

    Raises
    ------
    DataError
        With a line for every column that holds what it may not, with the number of rows and files.
    """
    import duckdb

    raw = _read(connection, entry, entry.files, spill)
    names = tuple(name for name in raw.columns if name in (PERSON_KEY, *entry.table.columns))
    checks = _checks(entry, names)
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    shown = ", ".join(quoted(name) for name in names)
    bad = " + ".join(
        f"CASE WHEN {check.condition} THEN {1 << at} ELSE 0 END" for at, check in enumerate(checks)
    )
    try:
        connection.execute(
            f"CREATE OR REPLACE TABLE {entry.relation} AS SELECT {shown}, "
            f"CAST({bad or '0'} AS BIGINT) AS bad FROM ({_typed(entry, raw, names)})"
        )
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error:
        raise broken_off(entry.name) from None
    drop_raw(connection)
    counts = _counts(connection, entry.relation, len(checks))
    broken = [at for at, count in enumerate(counts) if count]
    if broken:
        files = _files(connection, entry, checks, spill)
        raise DataError(
            *(
                f'tables.{entry.name}: column "{checks[at].column}": {_rows(counts[at])} in '
                f"{_of(files[at], len(entry.files))} {checks[at].words(counts[at])}"
                for at in broken
            )
        )
    connection.execute(f"ALTER TABLE {entry.relation} DROP COLUMN bad")
    return names


@dataclass(frozen=True, slots=True)
class _Check:
    column: str
    condition: str
    does: str  # of one row
    do: str  # of several
    rest: str

    def words(self, rows: int) -> str:
        """Return what is wrong with so many rows."""
        return f"{self.does if rows == 1 else self.do} {self.rest}"


def _read(
    connection: duckdb.DuckDBPyConnection, entry: Entry, files: Sequence[Path], spill: Path
) -> Raw:
    personal = any(column.kind is Kind.PERSON for column in entry.table.columns.values())
    return read_entry(
        connection, entry.name, files, entry.mapping, entry.reading, entry.shape, personal, spill
    )


def _typed(entry: Entry, raw: Raw, names: Sequence[str]) -> str:
    """Return the SELECT of typed columns and, after a mark, of the texts they were made of."""
    values = []
    for name in names:
        column = entry.table.columns["person_id" if name == PERSON_KEY else name]
        text = recoded(quoted(name), column, entry.mapping.codes.get(name, {}))
        value = typed(text, column, entry.reading, entry.last_year)
        values.append(f"CAST({value} AS {TYPES[column.kind]}) AS {quoted(name)}")
        if column.kind not in _ANY_TEXT:
            values.append(f"{quoted(name)} IS NOT NULL AS {_given(name)}")
    return f"SELECT {', '.join(values)} FROM ({raw.canonical})"


def _given(name: str) -> str:
    return quoted(f"given {name}")


def _checks(entry: Entry, names: Sequence[str]) -> tuple[_Check, ...]:
    checks = []
    for name in names:
        column = entry.table.columns["person_id" if name == PERSON_KEY else name]
        shown = "person_id" if name == PERSON_KEY else name
        if column.kind not in _ANY_TEXT:
            unreadable = f"{_given(name)} AND {quoted(name)} IS NULL"
            checks.append(
                _Check(shown, unreadable, "does not hold", "do not hold", WORDS[column.kind])
            )
        condition = outside(quoted(name), column)
        if condition is not None:
            rest = f"what is not allowed; {allowed(column)}"
            checks.append(_Check(shown, condition, "holds", "hold", rest))
    return tuple(checks)


def _counts(connection: duckdb.DuckDBPyConnection, relation: str, checks: int) -> tuple[int, ...]:
    if not checks:
        return ()
    wanted = ", ".join(f"count(*) FILTER (WHERE bad & {1 << at} <> 0)" for at in range(checks))
    row = connection.execute(f"SELECT {wanted} FROM {relation} WHERE bad <> 0").fetchone()
    return tuple(int(count) for count in row or ())


def _files(
    connection: duckdb.DuckDBPyConnection, entry: Entry, checks: Sequence[_Check], spill: Path
) -> list[int]:
    """Return in how many files each check fails, reading them once more, one at a time."""
    files = [0] * len(checks)
    if len(entry.files) == 1:
        return [1] * len(checks)
    for file in entry.files:
        raw = _read(connection, entry, (file,), spill)
        names = tuple(name for name in raw.columns if name in (PERSON_KEY, *entry.table.columns))
        there = {check.column for check in _checks(entry, names)}
        wanted = ", ".join(
            f"count(*) FILTER (WHERE {check.condition})" if check.column in there else "0"
            for check in checks
        )
        row = connection.execute(f"SELECT {wanted} FROM ({_typed(entry, raw, names)})").fetchone()
        files = [n + bool(count) for n, count in zip(files, row or (), strict=True)]
        drop_raw(connection)
    return files


def _rows(count: int) -> str:
    return f"{count:,} {'row' if count == 1 else 'rows'}"


def _of(count: int, files: int) -> str:
    return "the file" if files == 1 else f"{count:,} of {files:,} files"
