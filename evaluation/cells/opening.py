"""Open the rows of a spec for a query engine, each source in the way that costs least."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from evaluation.cells.looks import refuse_doubtful_time
from evaluation.cells.origin import Rows
from evaluation.cells.relation import Relation
from evaluation.cells.settings import Settings
from evaluation.data.plain import plain_columns
from evaluation.data.read_once import ReadOnce
from evaluation.data.sources import Source
from evaluation.data.sources.file import File
from evaluation.data.sources.sql import Sql
from evaluation.spec.columns import columns_of_spec
from evaluation.spec.spec import Spec


def open_rows(spec: Spec, source: Source, memory: Path | None, settings: Settings) -> Rows:
    """Return the rows of a spec; they are opened when a pass asks for them.

    Parquet files and tables of a database are read by the engine itself. Other files, frames and
    synthetic panels are read into a frame first, once for every part of the program.

    Parameters
    ----------
    spec
        Names the columns.
    source
        Where the rows come from.
    memory
        Folder that remembers digests of files; ``None`` to read them every time.
    settings
        Limits of the engine.
    """
    inner = source.source if isinstance(source, ReadOnce) else source
    file = inner.remembering(memory) if isinstance(inner, File) else None
    # A server's table is hashed in the transaction that reads it: it stays the one opened.
    table = inner if isinstance(inner, Sql) else None
    if table is not None and table.address.path is not None:
        table = table.remembering(memory)
    inputs = cache((file or table or source).inputs)
    named = tuple(columns_of_spec(spec))

    @cache
    def relation() -> Relation:
        found = opened()
        refuse_doubtful_time(found, spec, settings)
        return found

    def opened() -> Relation:
        if file is not None and all(one.suffix == ".parquet" for one in file.files):
            from evaluation.cells.engines.duckdb import relation_of_files

            return relation_of_files(file.files, named, inputs(), settings)
        if table is not None:
            from evaluation.cells.databases import relation_of

            served = table.database if table.address.path is None else None
            return relation_of(table.address, named, settings, inputs(), served)
        from evaluation.cells.engines.duckdb import relation_of_frame

        return relation_of_frame(plain_columns(source.read(named)), inputs(), settings)

    return Rows(inputs, relation)
