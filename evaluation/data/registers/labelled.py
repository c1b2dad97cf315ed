"""A panel for other programs: every column with its meaning, a few hundred thousand rows a time."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from evaluation.data.registers.built import Built

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

# Rows held at a time, and so of each Stata file: they cannot be added to.
ROWS_IN_FILE = 2_000_000
CODEBOOK = "codebook.csv"
LABEL = 80  # characters that Stata keeps of a label
TEXT = "title"  # key of a column's meaning in the schema of parquet files


def write_labelled(built: Built, folder: Path, form: str) -> tuple[Path, ...]:
    """Write a panel with labelled columns into a folder, and return its files.

    Files are of a bounded number of rows each, by person and month, and are numbered where there
    are several. Beside them ``codebook.csv`` says what each column holds in full.

    Parameters
    ----------
    built
        The panel.
    folder
        An empty folder.
    form
        A key of :data:`FORMS`.

    Raises
    ------
    OSError
        Where a file cannot be written.
    """
    count = max(-(-built.rows // ROWS_IN_FILE), 1)
    files = []
    for at, rows in enumerate(_batches(built)):
        name = "panel" if count == 1 else f"panel_{at + 1:04d}"
        files.append(folder / f"{name}.{form}")
        FORMS[form](rows, built.columns, files[-1])
    with (folder / CODEBOOK).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("column", "meaning"))
        writer.writerows(built.columns.items())
    return tuple(files)


def _batches(built: Built) -> Iterator[pa.Table]:
    """Yield the rows in order, ``ROWS_IN_FILE`` at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    held: list[pa.RecordBatch] = []
    rows = 0
    for path in built.files:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(columns=list(built.columns)):
                while rows + len(batch) >= ROWS_IN_FILE:
                    head = batch.slice(0, ROWS_IN_FILE - rows)
                    yield pa.Table.from_batches([*held, head])
                    held, rows, batch = [], 0, batch.slice(len(head))
                held, rows = [*held, batch], rows + len(batch)
    if rows:
        yield pa.Table.from_batches(held)


def _write_parquet(rows: pa.Table, meaning: Mapping[str, str], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    fields = [field.with_metadata({TEXT: meaning[field.name]}) for field in rows.schema]
    pq.write_table(rows.cast(pa.schema(fields)), path, compression="zstd")


def _write_dta(rows: pa.Table, meaning: Mapping[str, str], path: Path) -> None:
    import pyreadstat

    frame = rows.to_pandas()
    pyreadstat.write_dta(
        frame,
        str(path),
        file_label="person_month",
        column_labels={name: _short(text) for name, text in meaning.items()},
        variable_value_labels=_answers(frame),
        version=14,
    )


def _short(text: str) -> str:
    """Return a meaning cut to what Stata keeps, at a word."""
    return text if len(text) <= LABEL else text[: LABEL - 1].rsplit(" ", 1)[0] + "…"


def _answers(frame: pd.DataFrame) -> dict[str, dict[int | float, str]]:
    """Return labels of the values of columns that are 0 or 1."""
    flags = [name for name in frame.columns if frame[name].dtype == "int8"]
    return {name: {0: "no", 1: "yes"} for name in flags}


FORMS: Mapping[str, Callable[[Any, Mapping[str, str], Path], None]] = MappingProxyType(
    {"dta": _write_dta, "parquet": _write_parquet}
)
