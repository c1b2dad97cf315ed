"""The files of one entry of a mapping, as the relation ``raw``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from evaluation.data.registers.mapping import Reading, TableMapping
from evaluation.data.registers.reading.contract import Format, Header
from evaluation.data.registers.reading.registry import formats
from evaluation.data.registers.reading.rejected import rejected_lines
from evaluation.data.registers.reading.rendering import is_readable
from evaluation.data.registers.shapes.contract import Shape
from evaluation.data.registers.sql import quoted
from evaluation.errors import DataError

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, slots=True)
class Raw:
    """What was read of an entry, beside the relation ``raw`` of the connection.

    Attributes
    ----------
    canonical
        SELECT of canonical columns from ``raw``.
    columns
        Canonical columns of it, as DuckDB names them.
    """

    canonical: str
    columns: tuple[str, ...]


def read_entry(
    connection: duckdb.DuckDBPyConnection,
    entry: str,
    files: Sequence[Path],
    mapping: TableMapping,
    reading: Reading,
    shape: Shape,
    personal: bool,
    spill: Path,
) -> Raw:
    """Make the relation ``raw`` of an entry, all columns text.

    Parameters
    ----------
    connection
        Where it is made, in place of an earlier one.
    entry
        Key of the mapping.
    files
        Parts of the table, in order.
    mapping, reading, shape
        How they are written, and laid out.
    personal
        Whether rows are of persons. Files of reference tables are often typed in by hand: they
        have a line of names, and a last line without an end is no sign that they are cut off.
    spill
        Folder for copies in other forms.

    Raises
    ------
    DataError
        With all that is wrong with the files, with counts, and no value.
    """
    found = _headers(entry, files, reading, shape.FIELDS if personal else (), personal, spill)
    names: dict[str, str] = {}
    for _, header in found:
        for name in header.columns:
            names.setdefault(name.casefold(), name)
    canonical = shape.canonical(entry, mapping, tuple(names.values()))
    faulty = shape.faulty(entry, mapping, tuple(names.values()))
    used = _used(names, canonical, *faulty.values())
    _refuse_lacking(entry, [header for _, header in found], used)
    _make_raw(connection, entry, found, used, reading)
    lines = [
        f"tables.{entry}: {line} ({count:,} {'row' if count == 1 else 'rows'})"
        for line, condition in faulty.items()
        if (count := _count(connection, condition))
    ]
    if lines:
        raise DataError(*lines)
    described = connection.execute(f"DESCRIBE {canonical}").fetchall()
    return Raw(canonical, tuple(row[0] for row in described))


def _headers(
    entry: str,
    files: Sequence[Path],
    reading: Reading,
    fields: Sequence[str],
    whole: bool,
    spill: Path,
) -> list[tuple[Format, Header]]:
    found: list[tuple[Format, Header]] = []
    faults: Counter[str] = Counter()
    if not files:
        raise DataError(f"tables.{entry}: no file; check file and folder in the mapping")
    for file in files:
        ending = file.suffix.lower().removeprefix(".")
        one = formats().get(ending)
        if one is None:
            faults[f"has an unknown ending; allowed: {', '.join(sorted(formats()))}"] += 1
            continue
        try:
            found.append((one, one.header(file, reading, fields, whole, spill)))
        except DataError as error:
            faults.update(error.faults)
    if faults:
        lines = (
            f"{_of(count, len(files))} {fault}{_apart(entry, count, len(files))}"
            for fault, count in faults.items()
        )
        raise DataError(*(f"tables.{entry}: {line}" for line in lines))
    return found


def _of(count: int, files: int) -> str:
    if files == 1:
        return "the file"
    if count == 1:
        return f"one of {files:,} files"
    return f"each of {files:,} files" if count == files else f"each of {count:,} of {files:,} files"


def _apart(entry: str, count: int, files: int) -> str:
    if count == files:
        return ""
    table = entry.partition(".")[0]
    return (
        f", or give files written otherwise an entry of their own, such as [tables.{table}.other]"
    )


def _used(names: Mapping[str, str], *statements: str) -> tuple[str, ...]:
    """Return the columns that a statement names."""
    text = "\n".join(statements).casefold()
    return tuple(name for fold, name in names.items() if quoted(fold) in text)


def _refuse_lacking(entry: str, headers: Sequence[Header], used: Sequence[str]) -> None:
    faults = []
    for name in used:
        having = [_type_of(header, name) for header in headers]
        lacking = having.count(None)
        if lacking:
            faults.append(
                f'tables.{entry}: column "{name}" is lacking in {lacking:,} of {len(headers):,} '
                f"files; give files with other columns an entry of their own, such as "
                f"[tables.{entry.split('.')[0]}.other]"
            )
        if any(one is not None and not is_readable(one) for one in having):
            faults.append(
                f'tables.{entry}: column "{name}" holds neither text, numbers nor dates; deliver '
                "it as one of them"
            )
    if faults:
        raise DataError(*faults)


def _type_of(header: Header, name: str) -> str | None:
    for one, type_ in zip(header.columns, header.types, strict=True):
        if one.casefold() == name.casefold():
            return type_
    return None


def _make_raw(
    connection: duckdb.DuckDBPyConnection,
    entry: str,
    found: Sequence[tuple[Format, Header]],
    used: Sequence[str],
    reading: Reading,
) -> None:
    import duckdb

    groups: dict[tuple[object, ...], tuple[Format, list[Header]]] = {}
    for one, header in found:
        key = (id(one), header.columns, header.types, header.headed)
        groups.setdefault(key, (one, []))[1].append(header)
    parts = []
    for one, headers in groups.values():
        own = {name.casefold(): name for name in headers[0].columns}
        wanted = [own[name.casefold()] for name in used] or [headers[0].columns[0]]
        parts.append(one.relation(headers, wanted, reading))
    # Columns in one order in every part; the names are those of the first.
    statement = " UNION ALL ".join(parts)
    text = any("store_rejects" in part for part in parts)
    drop_raw(connection)
    kind = "TABLE" if text else "VIEW"
    try:
        connection.execute(f"CREATE {kind} raw AS {statement}")
        lines = rejected_lines(connection) if text else ()
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error:
        raise broken_off(entry) from None
    if lines:
        raise DataError(*(f"tables.{entry}: {line}" for line in lines))


def drop_raw(connection: duckdb.DuckDBPyConnection) -> None:
    """Forget the relation ``raw``, be it a view or a table."""
    kinds = connection.execute(
        "SELECT table_type FROM information_schema.tables WHERE table_name = 'raw'"
    ).fetchall()
    for (kind,) in kinds:
        connection.execute(f"DROP {'VIEW' if kind == 'VIEW' else 'TABLE'} raw")


def broken_off(entry: str) -> DataError:
    """Return the error of files that DuckDB cannot read to their end."""
    return DataError(
        f"tables.{entry}: its files break off or are not what their names say; deliver them again"
    )


def _count(connection: duckdb.DuckDBPyConnection, condition: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM raw WHERE {condition}").fetchone()
    return int(row[0]) if row else 0
