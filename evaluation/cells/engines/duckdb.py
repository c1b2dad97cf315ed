"""DuckDB, embedded: the default engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evaluation.cells.engines import TooLarge
from evaluation.cells.engines.arrow import as_arrow, facts_of_array
from evaluation.cells.engines.footers import Footers, kind_of, read_footers
from evaluation.cells.relation import ColumnFacts, Relation
from evaluation.cells.settings import Settings
from evaluation.data.durable.spilling import own_spill
from evaluation.errors import DataError, EnvironmentProblem

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

NAME = "duckdb"
PANEL = "ad_panel"
FILES = "ad_files"
BATCH = 100_000


def connect(settings: Settings) -> Any:
    """Return an Ibis connection to a database in memory, within the limits of ``settings``.

    Raises
    ------
    EnvironmentProblem
        Where DuckDB does not take a limit, or nothing can be spilled.
    """
    import duckdb
    import ibis

    spill = own_spill(settings.spill)
    try:
        base = ibis.duckdb.connect(
            threads=settings.threads,
            memory_limit=settings.memory_limit,
            temp_directory=str(spill),
            preserve_insertion_order=False,
            # The system caches files already; DuckDB's own copy would stay in memory.
            enable_external_file_cache=False,
            autoinstall_known_extensions=False,
        )
    except duckdb.Error:
        raise EnvironmentProblem(
            f"query engine: does not take memory {settings.memory_limit!r} and "
            f"{settings.threads} threads; give them as 512MB and 2"
        ) from None
    # In a notebook DuckDB refuses even to switch off a bar that it cannot draw.
    if base.con.execute("SELECT current_setting('enable_progress_bar')").fetchone()[0]:
        base.con.execute("SET enable_progress_bar = false")
    return base


def relation_of_files(
    files: Sequence[Path], columns: Iterable[str], inputs: Mapping[str, str], settings: Settings
) -> Relation:
    """Return parquet files as one relation; no row is read.

    Parameters
    ----------
    files
        Paths, in the order in which their rows stand.
    columns
        Columns that will be read.
    inputs
        Digest of every input by a printable name.
    settings
        Limits of the engine.

    Raises
    ------
    DataError
        As :func:`evaluation.cells.engines.footers.read_footers`.
    """
    footers = read_footers(files, columns)
    base = connect(settings)
    base.con.execute(f"SET VARIABLE {FILES} = ?", [[str(file) for file in files]])
    with _errors(base, settings):
        rows = base.con.read_parquet(
            [str(file) for file in files], union_by_name=not footers.same_types
        )
        rows.create_view(PANEL)
        table = _plain(base.table(PANEL).select(*footers.columns), footers)
        return Relation(table, _completed(base, table, footers.columns), inputs, NAME)


def relation_of_frame(
    frame: pd.DataFrame, inputs: Mapping[str, str], settings: Settings
) -> Relation:
    """Return a frame as a relation; numbers are not copied.

    Parameters
    ----------
    frame
        Rows, the columns that will be read; missing values as ``data/plain.py`` has them.
    inputs
        Digest of every input by a printable name.
    settings
        Limits of the engine.

    Raises
    ------
    DataError
        Where a column mixes types.
    """
    rows = as_arrow(frame)
    columns = {
        name: facts_of_array(rows.column(name), kind_of(rows.column(name).type, name, "panel"))
        for name in rows.column_names
    }
    base = connect(settings)
    base.con.register(PANEL, rows)
    return Relation(base.table(PANEL), columns, inputs, NAME)


def _completed(base: Any, table: Any, columns: Mapping[str, ColumnFacts]) -> dict[str, ColumnFacts]:
    """Return facts with bounds and missing values of whole numbers, one query for all columns.

    Of text, missing values alone. Footers need not say them, and they make every later pass
    cheaper.
    """
    silent = [
        name
        for name, facts in columns.items()
        if (facts.kind in ("integer", "boolean") and facts.low is None)
        or (facts.kind in ("integer", "boolean", "text") and facts.nulls is None)
    ]
    if not silent:
        return dict(columns)
    asked: dict[str, Any] = {}
    for at, name in enumerate(silent):
        value = table[name]
        if columns[name].kind == "text":
            asked[f"known_{at}"] = value.count()
            continue
        value = value.cast("int8") if columns[name].kind == "boolean" else value
        asked |= {f"low_{at}": value.min(), f"high_{at}": value.max(), f"known_{at}": value.count()}
    query = table.aggregate(rows=table.count(), **asked)
    found = base.con.execute(_text(query)).to_arrow_table().to_pylist()[0]
    filled = {
        name: ColumnFacts(
            columns[name].kind,
            found.get(f"low_{at}"),
            found.get(f"high_{at}"),
            found["rows"] - found[f"known_{at}"],
        )
        for at, name in enumerate(silent)
    }
    return {**columns, **filled}


def _plain(table: Any, footers: Footers) -> Any:
    """Return the table with decimals as floats and time stamps without a zone."""
    changed = {name: table[name].cast("timestamp") for name in footers.zoned}
    for name in footers.columns:
        if table[name].type().is_decimal():
            changed[name] = table[name].cast("float64")
    return table.mutate(**changed) if changed else table


def close(relation: Relation) -> None:
    """Give back what a relation's connection holds."""
    relation.table.get_backend().disconnect()


def fetch(
    relation: Relation, expression: Any, settings: Settings, in_order: bool = False
) -> pa.Table:
    """Return the rows of a table expression; see :class:`evaluation.cells.engines.Engine`."""
    base = relation.table.get_backend()
    with _threads(base, settings, in_order), _errors(base, settings):
        table: pa.Table = base.con.execute(_text(expression)).to_arrow_table()
        return table


def stream(
    relation: Relation, expression: Any, settings: Settings, in_order: bool = False
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a table expression; see :class:`evaluation.cells.engines.Engine`."""
    base = relation.table.get_backend()
    with _threads(base, settings, in_order), _errors(base, settings):
        yield from base.con.execute(_text(expression)).to_arrow_reader(BATCH)


def beside(relation: Relation, rows: pa.Table, name: str) -> Any:
    """Return a small table of our own; see :class:`evaluation.cells.engines.Engine`."""
    base = relation.table.get_backend()
    base.con.register(name, rows)
    return base.table(name)


def hold(relation: Relation, rows: Any, name: str, settings: Settings) -> Any | None:
    """Return rows as a temporary table; see :class:`evaluation.cells.engines.Engine`."""
    base = relation.table.get_backend()
    with _threads(base, settings, in_order=False), _errors(base, settings):
        base.con.execute(f'CREATE OR REPLACE TEMPORARY TABLE "{name}" AS {_text(rows)}')
    # DuckDB takes filtered rows of many files for fewer than they are, and would hash the panel's
    # in place of the table's: joins keep the sides on which they are written.
    base.con.execute("SET disabled_optimizers = 'build_side_probe_side'")
    return base.table(name, database=("temp", "main"))


def _text(expression: Any) -> str:
    import ibis

    return str(ibis.to_sql(expression, dialect="duckdb", pretty=False))


@contextmanager
def _threads(base: Any, settings: Settings, in_order: bool) -> Iterator[None]:
    """Hold DuckDB to one thread where the order of sums matters."""
    base.con.execute(f"SET threads = {1 if in_order else settings.threads}")
    try:
        yield
    finally:
        # Threads that end give back the memory that they hold.
        base.con.execute("SET threads = 1")


@contextmanager
def _errors(base: Any, settings: Settings) -> Iterator[None]:
    """Turn DuckDB's errors into the user's, without their text: it may hold values."""
    import duckdb

    try:
        yield
    except duckdb.OutOfMemoryException:
        raise EnvironmentProblem(
            f"query engine: {settings.memory_limit} of memory and the spill folder are not "
            "enough; allow more memory, or name a spill folder with room"
        ) from None
    except duckdb.OutOfRangeException:
        raise TooLarge from None
    except duckdb.ConversionException:
        raise DataError(
            "panel: a column of text is used as dates or numbers and holds other values; write "
            "dates as 2017-01-31"
        ) from None
    except duckdb.Error as error:
        damaged = _damaged(base)
        if damaged is None and isinstance(error, duckdb.IOException):
            raise EnvironmentProblem(
                "query engine: cannot read the panel or write its spill folder; name a folder "
                "with room"
            ) from None
        if damaged is None:
            raise
        raise DataError(f"{damaged}: is not a whole parquet file; write it again") from None


def _damaged(base: Any) -> str | None:
    """Return the name of the first file whose rows cannot be read."""
    import duckdb

    for file in base.con.execute(f"SELECT getvariable('{FILES}')").fetchone()[0] or ():
        try:
            base.con.execute("SELECT bit_xor(hash(t)) FROM read_parquet(?) t", [file]).fetchone()
        except duckdb.Error:
            return Path(file).name
    return None
