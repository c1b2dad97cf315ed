"""Build the panel of staged tables, some tens of thousands of persons at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from evaluation.data.registers.base import Asked
from evaluation.data.registers.built import Built
from evaluation.data.registers.chosen import (
    CROSSWALK,
    Choice,
    carried,
    choose,
    delivered,
    meaning_of,
    remarks_of,
    way_of,
)
from evaluation.data.registers.chunk import Found, build_chunk
from evaluation.data.registers.contract import Staged, Touched
from evaluation.data.registers.mapping import Delivery
from evaluation.data.registers.observed import ORDER
from evaluation.data.registers.sql import Settings, connect, literal
from evaluation.errors import DataError

if TYPE_CHECKING:
    import duckdb

# Person-months that a chunk may have at most: what it takes of memory follows from them.
MONTHS_IN_CHUNK = 2_000_000
CODES = "muni_codes"  # what columns of municipalities read beside their tables

Tell = Callable[[int, int], None]


def build(
    staged: Staged,
    delivery: Delivery,
    names: Iterable[str],
    out: Path,
    settings: Settings,
    *,
    correspondence: Path | None = None,
    made_of: Mapping[str, str] | None = None,
    tell: Tell = lambda chunk, chunks: None,
) -> Built:
    """Write the panel's parts into a folder and return what it is.

    Persons are taken in the order of their codes, so that rows stand by person and month, in
    files of the same content however much memory there is.

    Parameters
    ----------
    staged
        The tables.
    delivery
        Says months, ages and options of columns.
    names
        Columns to build.
    out
        An empty folder.
    settings
        Limits of the engine.
    correspondence
        File of the correspondence of municipalities that the mapping names.
    made_of
        What the panel depends on, to be written beside it.
    tell
        Told how many chunks are done, of how many.

    Raises
    ------
    DataError
        For a column that cannot be built of these tables.
    EnvironmentProblem
        Where memory or disk do not suffice.
    """
    has = delivered(staged, delivery)
    choice = choose(names, delivery, has)
    asked = asked_of(delivery)
    found: list[Found] = []
    with connect(out, settings) as connection:
        chunks = tuple(_chunks(connection, staged, asked.months))
        touched = _municipalities(connection, staged, delivery, correspondence, choice)
        for at, (first, last) in enumerate(chunks):
            tell(at, len(chunks))
            part = out / f"{at:05d}.parquet"
            found.append(build_chunk(connection, staged, choice, asked, (first, last), part))
    tell(len(chunks), len(chunks))
    if not any(one.rows for one in found):
        raise DataError(
            "panel.mapping: nobody lives in the country in the months and at the ages asked for; "
            "see first, last and ages in the mapping, and the dates of residence"
        )
    statuses = {name: sum(one.statuses.get(name, 0) for one in found) for name in ORDER}
    return Built(
        folder=out,
        parts={path.name: path.stat().st_size for path in sorted(out.glob("*.parquet"))},
        columns={name: meaning_of(name) for name in choice.columns},
        carried=tuple(carried(has, delivery)),
        remarks=remarks_of(choice),
        rows=sum(one.rows for one in found),
        persons=sum(one.persons for one in found),
        statuses=statuses if any(one.statuses for one in found) else {},
        tables=dict(staged.tables),
        touched=(*staged.touched, *touched, *_uncovered(found)),
        made_of=dict(made_of or {}),
    )


def _municipalities(
    connection: duckdb.DuckDBPyConnection,
    staged: Staged,
    delivery: Delivery,
    correspondence: Path | None,
    choice: Choice,
) -> tuple[Touched, ...]:
    """Give the columns that follow a municipality through mergers the codes that they read."""
    named = [name for name, one in choice.columns.items() if one is not None]
    named += [one.name for one in choice.shared]
    if not any(CROSSWALK in (way_of(name, choice.has) or ()) for name in named):
        return ()
    from evaluation.data.registers.municipalities.prepare import prepare_municipalities

    prepared = prepare_municipalities(connection, staged, delivery, correspondence)
    faults = [one for one in prepared.touched if one.fault]
    if faults:
        raise DataError(*(f"{one.table}: {one.action}: {one.rows} rows" for one in faults))
    connection.register(CODES, prepared.codes)
    return tuple(prepared.touched)


def _uncovered(found: Sequence[Found]) -> Iterator[Touched]:
    """Yield the rows of months that a table does not cover; what it gives is missing there."""
    for table in dict.fromkeys(name for one in found for name in one.outside):
        counts = [one.outside[table] for one in found if table in one.outside]
        persons, rows = (sum(each) for each in zip(*counts, strict=True))
        if rows:
            said = "rows of the panel in months that it does not cover: its columns missing"
            yield Touched(table, "covers", said, persons, rows)


def asked_of(delivery: Delivery) -> Asked:
    """Return the months and ages that a mapping asks for."""
    first, last = (day.year * 12 + day.month - 1 for day in (delivery.first, delivery.last))
    return Asked(first, last, delivery.ages)


def _chunks(
    connection: duckdb.DuckDBPyConnection, staged: Staged, months: int
) -> Iterator[tuple[int, int]]:
    """Yield first and last person code of each chunk."""
    keys = literal(str(Path(staged.folder) / "person_key.parquet"))
    low, high = connection.execute(f"SELECT min(person), max(person) FROM {keys}").fetchone() or (
        None,
        None,
    )
    if low is None or high is None:
        return
    size = max(MONTHS_IN_CHUNK // max(months, 1), 1)
    for first in range(low, high + 1, size):
        yield first, min(first + size - 1, high)
