"""SQL for DuckDB: names and texts put in quotes, and the connection that runs it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from evaluation.errors import DataError, EnvironmentProblem

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, slots=True)
class Settings:
    """What the engine may use.

    Attributes
    ----------
    threads
        Threads that run a query.
    memory_mb
        Megabytes held at a time; more is written to the spill folder.
    """

    threads: int = 2
    memory_mb: int = 1200


def quoted(name: str) -> str:
    """Return a name of a table or column as SQL.

    Raises
    ------
    DataError
        For a name that no table can have.
    """
    if not name or "\0" in name:
        raise DataError("a column's name is empty or holds a zero byte; name it otherwise")
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as SQL, where no parameter can be bound, as in a view.

    Raises
    ------
    DataError
        For a text with a zero byte.
    """
    if "\0" in text:
        raise DataError("a text of the mapping holds a zero byte; write it without")
    return "'" + text.replace("'", "''") + "'"


def select_bounds(first: int, last: int, begins: int | None = None) -> str:
    """Return the SELECT of the months that statements of columns read as ``bounds``.

    Parameters
    ----------
    first, last
        Months that the tables cover, 12 × year + month - 1.
    begins
        First month of the delivery, by default that of the tables.
    """
    return (
        f"SELECT {first}::INTEGER AS first, {last}::INTEGER AS last, "
        f"{first if begins is None else begins}::INTEGER AS begins"
    )


@contextmanager
def connect(spill: Path, settings: Settings | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open an empty database in a folder of its own below ``spill``, removed at the end.

    Tables made in it are spilled to that folder where memory does not hold them.

    Raises
    ------
    EnvironmentProblem
        Where the folder cannot be written.
    """
    import duckdb

    allowed = settings or Settings()
    try:
        spill.mkdir(parents=True, exist_ok=True)
        folder = Path(mkdtemp(prefix=".spill-", dir=spill))  # readable by its owner alone
    except OSError as error:
        raise EnvironmentProblem(
            f"{spill}: cannot be written ({error.strerror or type(error).__name__}); "
            "choose another cache folder"
        ) from None
    try:
        connection = duckdb.connect(":memory:")
        try:
            connection.execute(f"SET threads = {int(allowed.threads)}")
            connection.execute(f"SET memory_limit = '{int(allowed.memory_mb)}MB'")
            connection.execute(f"SET temp_directory = {literal(str(folder))}")
            connection.execute("SET enable_progress_bar = false")
            yield connection
        finally:
            connection.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
