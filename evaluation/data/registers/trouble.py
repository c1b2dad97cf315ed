"""What goes wrong inside the query engine, as the user's own line; its text may hold values."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from evaluation.errors import DataError, EnvironmentProblem


@contextmanager
def trouble(doing: str) -> Iterator[None]:
    """Turn errors of DuckDB into lines without their text.

    Parameters
    ----------
    doing
        What is being done, as the line begins, such as ``panel column employed``.

    Raises
    ------
    EnvironmentProblem
        Where memory or the disk does not suffice.
    DataError
        Where values do not fit the type of their column.
    """
    import duckdb

    try:
        yield
    except duckdb.OutOfMemoryException:
        raise EnvironmentProblem(
            f"{doing}: the memory allowed and the spill folder are not enough; allow more with "
            "--memory, or put the cache where there is room (ACTIVITY_DUTY_CACHE)"
        ) from None
    except duckdb.IOException:
        raise EnvironmentProblem(
            f"{doing}: the cache folder cannot be read or written; put it where there is room "
            "(ACTIVITY_DUTY_CACHE), or build again with --rebuild"
        ) from None
    except (duckdb.OutOfRangeException, duckdb.ConversionException):
        raise DataError(
            f"{doing}: the delivery holds values larger than the column's type; see the codes and "
            "units that the mapping says"
        ) from None
