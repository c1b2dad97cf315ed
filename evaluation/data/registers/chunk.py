"""Some tens of thousands of persons of a panel, from tables to one parquet file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from evaluation.data.registers.base import Asked, select_base
from evaluation.data.registers.chosen import Choice
from evaluation.data.registers.columns.contract import Grain, Otherwise
from evaluation.data.registers.contract import Kind, Staged
from evaluation.data.registers.grid import BoolArray, Grid, beside, make_grid
from evaluation.data.registers.observed import ORDER, select_observed
from evaluation.data.registers.sql import literal, quoted, select_bounds
from evaluation.data.registers.statement import MONTH, Chosen, given, select_rows, select_values
from evaluation.data.registers.tables.registry import TABLES
from evaluation.data.registers.trouble import trouble
from evaluation.errors import DataError

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Found:
    """Counts of a chunk.

    Attributes
    ----------
    rows, persons
        Person-months written, and persons with at least one.
    statuses
        Person-months asked for by observation; empty where the delivery does not tell.
    outside
        By table that covers fewer months: persons with rows of others, and these rows.
    """

    rows: int
    persons: int
    statuses: Mapping[str, int]
    outside: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def build_chunk(
    connection: duckdb.DuckDBPyConnection,
    staged: Staged,
    choice: Choice,
    asked: Asked,
    persons: tuple[int, int],
    path: Path,
) -> Found:
    """Write the rows of persons with codes from the first to the last; no file where none.

    Spells become months in the database, a column at a time; what comes out of it are the months
    that a column has something to say of, and these are laid beside the rows.

    Raises
    ------
    DataError
        Where a table gives a person two values of a column in one month.
    EnvironmentProblem
        Where memory or disk do not suffice.
    """
    _open_tables(connection, staged, asked, persons)
    own = [name for name, one in choice.columns.items() if one is None]
    with trouble("panel"):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE base AS {select_base(asked, choice.has)}")
        rows = _fetch(connection, select_rows(own, choice.has))
        query = select_observed(asked, choice.has)
        others = connection.execute(query).fetchone() if query is not None else None
    statuses = dict(zip(ORDER, (len(rows), *map(int, others)), strict=True)) if others else {}
    if not len(rows):
        return Found(0, 0, statuses)
    person = rows["person_id"].to_numpy()
    grid, repeated = make_grid(
        person, rows[MONTH].to_numpy().astype(np.int64), persons, (asked.first, asked.last)
    )
    if repeated:
        raise DataError(f"table person: {repeated} rows of the panel are repeated; mend the table")
    made = {name: rows[name] for name in own}
    rows = None
    shared = _share(connection, choice, asked)
    for name, one in choice.columns.items():
        if one is not None:
            made[name] = _column(connection, one, shared, choice, asked, grid)
    _write({name: made[name] for name in choice.columns}, path)
    outside = {name: _outside(grid, months) for name, months in choice.covered.items()}
    return Found(len(person), int((np.diff(person) != 0).sum()) + 1, statuses, outside)


def _open_tables(
    connection: duckdb.DuckDBPyConnection, staged: Staged, asked: Asked, persons: tuple[int, int]
) -> None:
    """Open each table, cut to the persons of the chunk."""
    first, last = persons
    connection.execute(
        "CREATE OR REPLACE TEMP VIEW bounds AS " + select_bounds(asked.first, asked.last)
    )
    connection.execute(
        "CREATE OR REPLACE TEMP VIEW persons AS "
        f"SELECT unnest(range({first}, {last + 1})) AS person"
    )
    for name in staged.tables:
        path = literal(str(Path(staged.folder) / f"{name}.parquet"))
        of_persons = any(one.kind == Kind.PERSON for one in TABLES[name].columns.values())
        cut = f" WHERE person BETWEEN {first} AND {last}" if of_persons else ""
        with trouble(f"table {name}"):
            # Several columns read a table: it is taken out of its file once.
            connection.execute(
                f"CREATE OR REPLACE TEMP TABLE {quoted(name)} AS "
                f"SELECT * FROM read_parquet({path}){cut}"
            )


def _share(connection: duckdb.DuckDBPyConnection, choice: Choice, asked: Asked) -> frozenset[str]:
    """Make tables of the columns that others read, and return their names."""
    for one in choice.shared:
        _bound(connection, one, choice, asked)
        with trouble(f"panel column {one.name}"):
            connection.execute(
                f"CREATE OR REPLACE TEMP TABLE {given(one.name)} AS {one.query(choice.has)}"
            )
    return frozenset(one.name for one in choice.shared)


def _column(
    connection: duckdb.DuckDBPyConnection,
    one: Chosen,
    shared: frozenset[str],
    choice: Choice,
    asked: Asked,
    grid: Grid,
) -> pa.Array:
    _bound(connection, one, choice, asked)
    with trouble(f"panel column {one.name}"):
        own = _fetch(connection, select_values(one, shared, choice.has))
    person = own["person"].to_numpy()
    if one.module.GRAIN == Grain.MONTH:
        laid, repeated = grid.by_month(person, own["month"].to_numpy())
    else:
        laid, repeated = grid.by_person(person)
    if repeated:
        raise DataError(
            f"panel column {one.name}: {repeated} of its rows are a second value of one person "
            f"and month; tables {', '.join(sorted(one.module.TABLES[one.name][0]))} hold rows "
            "that contradict one another; mend them, or say how spells overlap"
        )
    zero = one.module.OTHERWISE[one.name] == Otherwise.ZERO
    return beside(own["value"], laid, _trusted(one, grid), zero=zero)


def _bound(
    connection: duckdb.DuckDBPyConnection, one: Chosen, choice: Choice, asked: Asked
) -> None:
    """Let the months that a statement reads as the delivery's be those that its tables cover."""
    if not choice.covered:
        return
    first, last = one.covered or (asked.first, asked.last)
    bounds = select_bounds(max(first, asked.first), min(last, asked.last), asked.first)
    connection.execute(f"CREATE OR REPLACE TEMP VIEW bounds AS {bounds}")


def _outside(grid: Grid, months: tuple[int, int]) -> tuple[int, int]:
    month = grid.month + grid.first_month
    rows = (month < months[0]) | (month > months[1])
    return len(np.unique(grid.person[rows])), int(rows.sum())


def _trusted(one: Chosen, grid: Grid) -> BoolArray | None:
    bounds = [one.module.VALID[one.name]]
    # What is the same in all months of a person is not of months that a table could lack.
    if one.covered is not None and one.module.GRAIN == Grain.MONTH:
        bounds.append(one.covered)
    first = max((low for low, _ in bounds if low is not None), default=None)
    last = min((high for _, high in bounds if high is not None), default=None)
    if first is None and last is None:
        return None
    month = grid.month + grid.first_month
    trusted = np.ones(len(month), dtype=np.bool_)
    if first is not None:
        trusted &= month >= first
    if last is not None:
        trusted &= month <= last
    return trusted


def _write(columns: Mapping[str, Any], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table(dict(columns))
    # Plain numbers take as little room under zstd as dictionaries, in less time; bounds of whole
    # numbers tell a reader which columns have few values.
    texts = [field.name for field in table.schema if pa.types.is_string(field.type)]
    coded = [*texts, *(name for name in ("exposure_share",) if name in columns)]
    whole = [field.name for field in table.schema if pa.types.is_integer(field.type)]
    pq.write_table(
        table, path, compression="zstd", use_dictionary=coded, write_statistics=[*whole, *texts]
    )


def _fetch(connection: duckdb.DuckDBPyConnection, query: str) -> pa.Table:
    table: pa.Table = connection.execute(query).to_arrow_table()
    return table
