"""Postgres: the server groups, and only cells travel."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from evaluation.cells.engines import TooLarge
from evaluation.cells.engines.rewriting import (
    boolean_by_integer,
    identical_by_equality,
    rewritten,
    shift_by_integer,
)
from evaluation.cells.relation import Relation
from evaluation.cells.settings import Settings
from evaluation.errors import DataError, EnvironmentProblem

if TYPE_CHECKING:
    import pyarrow as pa

NAME = "postgres"
BATCH = 100_000


def fetch(
    relation: Relation, expression: Any, settings: Settings, in_order: bool = False
) -> pa.Table:
    """Return the rows of a table expression; see :class:`evaluation.cells.engines.Engine`."""
    base = relation.table.get_backend()
    with _errors(), _workers(base, in_order):
        found: pa.Table = base.to_pyarrow(_portable(expression))
        return found


def stream(
    relation: Relation, expression: Any, settings: Settings, in_order: bool = False
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a table expression; see :class:`evaluation.cells.engines.Engine`."""
    base = relation.table.get_backend()
    with _errors(), _workers(base, in_order):
        yield from base.to_pyarrow_batches(_portable(expression), chunk_size=BATCH)


def beside(relation: Relation, rows: pa.Table, name: str) -> Any:
    """Return a small table of our own; see :class:`evaluation.cells.engines.Engine`.

    Its columns travel as array literals in the query itself: a temporary table would need the
    right to write.
    """
    import ibis
    import sqlglot

    columns = []
    for column, values in zip(rows.column_names, rows.columns, strict=True):
        kind = f"{_kind(values.type)}[]"
        literal = sqlglot.exp.Literal.string(_array(values.to_pylist()))
        array = sqlglot.exp.cast(literal, kind, dialect="postgres")
        columns.append(sqlglot.exp.func("unnest", array).as_(column, quoted=True))
    query = sqlglot.select(*columns).sql("postgres")
    schema = ibis.Schema.from_pyarrow(rows.schema)
    return relation.table.get_backend().sql(query, schema=schema).alias(name)


def hold(relation: Relation, rows: Any, name: str, settings: Settings) -> Any | None:
    """Hold nothing: a temporary table would need the right to write."""
    del relation, rows, name, settings
    return None


def _portable(expression: Any) -> Any:
    return rewritten(expression, boolean_by_integer, shift_by_integer, identical_by_equality)


def _kind(kind: Any) -> str:
    """Return the Postgres type of an Arrow type."""
    import pyarrow as pa

    for test, name in (
        (pa.types.is_boolean, "boolean"),
        (pa.types.is_integer, "bigint"),
        (pa.types.is_floating, "double precision"),
        (pa.types.is_date, "date"),
        (pa.types.is_decimal, "numeric"),
    ):
        if test(kind):
            return name
    return "text"


def _array(values: list[Any]) -> str:
    """Return values as Postgres writes arrays."""
    return "{" + ",".join("NULL" if one is None else _item(one) for one in values) + "}"


def _item(value: Any) -> str:
    if isinstance(value, float):
        return repr(value)
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


@contextmanager
def _workers(base: Any, in_order: bool) -> Iterator[None]:
    """Hold the server to one scan in one order where the order of sums matters."""
    with base.con.cursor() as cursor:
        # Every join here is of many rows by equality; without statistics the server may guess one.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(f"SET LOCAL synchronize_seqscans = {'off' if in_order else 'on'}")
        cursor.execute(f"SET LOCAL max_parallel_workers_per_gather = {0 if in_order else 2}")
    yield


@contextmanager
def _errors() -> Iterator[None]:
    """Turn the server's errors into the user's, without their text: it may hold values."""
    import psycopg
    from psycopg import errors

    try:
        yield
    except errors.NumericValueOutOfRange:
        raise TooLarge from None
    except (errors.InvalidTextRepresentation, errors.InvalidDatetimeFormat):
        raise DataError(
            "panel: a column of text is used as dates or numbers and holds other values; write "
            "dates as 2017-01-31"
        ) from None
    except psycopg.OperationalError as error:
        raise EnvironmentProblem(
            f"query engine: the Postgres server broke off ({type(error).__name__}); try again"
        ) from None
    except psycopg.Error as error:
        raise DataError(f"panel: Postgres cannot answer ({type(error).__name__})") from None
