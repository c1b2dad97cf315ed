"""``report --table``: one table of a run in one format."""

from __future__ import annotations

from pathlib import Path

from evaluation.commands.outputs import write_file
from evaluation.errors import UsageError
from evaluation.report.record import Record
from evaluation.report.tables import tables_of
from evaluation.report.writers.registry import formats, table_bytes
from evaluation.spec.faults import nearest

DEFAULT = "html"


def write_table(
    record: Record, folder: Path, name: str, to: str | None = None, out: Path | None = None
) -> str:
    """Write one table and return where it is.

    Parameters
    ----------
    record, folder
        The run and its outputs.
    name
        The table's id.
    to
        Format; by the ending of ``out`` where it is not given, else ``html``.
    out
        File to write; in ``restricted/tables`` by default.

    Raises
    ------
    UsageError
        Where there is no such table or format.
    EnvironmentProblem
        Where the file cannot be written.
    """
    wanted = to or (out.suffix.removeprefix(".") if out is not None else DEFAULT)
    if wanted not in formats():
        raise UsageError(f"--to: {wanted!r} is none of {', '.join(formats())}")
    tables = tables_of(record)
    if name not in tables:
        there = ", ".join(tables)
        raise UsageError(f"--table: no table {name!r}{nearest(name, tables)} (there are: {there})")
    path = out or folder / "restricted" / "tables" / f"{name}.{wanted}"
    write_file(path, table_bytes(tables[name], record.words, wanted))
    return f"{name}: {path}"
