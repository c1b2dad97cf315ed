"""Text files: parted by a separator, or with fields at fixed places."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from evaluation.data.registers.mapping import Reading
from evaluation.data.registers.reading.contract import Header
from evaluation.data.registers.reading.decoding import plain_copy
from evaluation.data.registers.reading.rendering import without_missing
from evaluation.data.registers.sql import literal, quoted
from evaluation.errors import DataError

ENDINGS = ("csv", "txt", "dat", "tsv")
LINE = "line"
_LONGEST_HEADER = 1 << 20
_USUAL = (";", ",", "\t", "|")


def header(path: Path, reading: Reading, fields: Sequence[str], whole: bool, spill: Path) -> Header:
    """Look through the whole file for what is not text; see ``contract.Format``."""
    file = plain_copy(path, reading.encoding, whole, spill)
    if reading.layout == "fixed":
        return Header(file, (LINE,), ("VARCHAR",), headed=False)
    if len(reading.separator) != 1 or reading.separator in '"\r\n':
        raise DataError('is read with a separator that is not one character; write ";" or "\\t"')
    names = _names(file, reading.separator)
    if fields and [one.casefold() for one in names] != [one.casefold() for one in fields]:
        if len(names) != len(fields):
            raise DataError(
                f"has {len(names):,} fields in its first line, not {len(fields)}; check the "
                "separator"
            )
        return Header(file, tuple(fields), ("VARCHAR",) * len(fields), headed=False)
    if len({name.casefold() for name in names}) < len(names):
        raise DataError("has the same name twice in its first line; name every column once")
    return Header(file, names, ("VARCHAR",) * len(names))


def relation(headers: Sequence[Header], wanted: Sequence[str], reading: Reading) -> str:
    """Return the SELECT of files of one header; see ``contract.Format``.

    Lines that break the form are left out and noted in DuckDB's table ``reject_errors``.
    """
    fixed = reading.layout == "fixed"
    one = headers[0]
    files = ", ".join(literal(_plain(header.path)) for header in headers)
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in one.columns)
    quote = "''" if fixed else "'\"'"
    options = (
        f"columns = {{{columns}}}, header = {'true' if one.headed else 'false'}, "
        f"delim = {literal(chr(1) if fixed else reading.separator)}, quote = {quote}, "
        f"escape = {quote}, auto_detect = false, null_padding = false, strict_mode = true, "
        "store_rejects = true"
    )
    shown = ", ".join(f"{_value(name, reading)} AS {quoted(name)}" for name in wanted)
    return f"SELECT {shown} FROM read_csv([{files}], {options})"


def _value(name: str, reading: Reading) -> str:
    if reading.layout == "fixed":
        return quoted(name)
    return without_missing(f"trim({quoted(name)}, {literal(' ' + chr(9))})", reading.missing)


def _names(file: Path, separator: str) -> tuple[str, ...]:
    with file.open("rb") as lines:
        first = lines.readline(_LONGEST_HEADER)
    line = first.decode("utf-8-sig", errors="replace").rstrip("\r\n")
    try:
        found = next(csv.reader([line], delimiter=separator, strict=True), [])
    except csv.Error:
        raise DataError("has a first line whose quotes do not close; deliver it again") from None
    names = tuple(name.strip() or f"unnamed {at}" for at, name in enumerate(found, 1))
    if not line.strip():
        raise DataError("has an empty first line where names are expected; deliver it with names")
    if len(names) == 1 and any(one in line for one in _USUAL if one != separator):
        raise DataError("has another separator than the mapping says; set reading.separator")
    return names


def _plain(path: Path) -> str:
    """Return a path that DuckDB does not read as a pattern."""
    return "".join(f"[{one}]" if one in "*?[" else one for one in str(path))
