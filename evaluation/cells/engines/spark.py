"""Spark, on this machine: the engine of panels that lie with it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from evaluation.cells.engines import TooLarge
from evaluation.cells.engines.rewriting import (
    bits_joined,
    rewritten,
    shift_by_integer,
    sum_by_decimal,
)
from evaluation.cells.relation import Relation
from evaluation.cells.settings import Settings
from evaluation.data.databases.spark import fetch as fetch_by_arrow
from evaluation.errors import DataError, EnvironmentProblem

if TYPE_CHECKING:
    import pyarrow as pa

NAME = "spark"
BATCH = 100_000
# All files in one partition, read in one order: what a fixed order of sums needs.
ONE_PARTITION = {
    "spark.sql.files.minPartitionNum": "1",
    "spark.sql.files.maxPartitionBytes": str(2**62),
    "spark.sql.shuffle.partitions": "1",
}
BEYOND = ("ARITHMETIC_OVERFLOW", "NUMERIC_VALUE_OUT_OF_RANGE", "BINARY_ARITHMETIC_OVERFLOW")
NO_VALUE = ("CAST_INVALID_INPUT", "CANNOT_PARSE_TIMESTAMP")


def fetch(
    relation: Relation, expression: Any, settings: Settings, in_order: bool = False
) -> pa.Table:
    """Return the rows of a table expression; see :class:`evaluation.cells.engines.Engine`."""
    backend = relation.table.get_backend()
    plain = rewritten(expression, bits_joined, shift_by_integer)
    with _partitions(backend, in_order):
        try:
            return _fetch(backend, plain)
        except TooLarge:
            # Sums here have 64 bits, where those of DuckDB have 128.
            return _fetch(backend, rewritten(plain, sum_by_decimal))


def _fetch(backend: Any, expression: Any) -> pa.Table:
    with _errors():
        return fetch_by_arrow(backend, expression)


def stream(
    relation: Relation, expression: Any, settings: Settings, in_order: bool = False
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a table expression; see :class:`evaluation.cells.engines.Engine`."""
    bounded = expression.limit(settings.most_cells + 1)
    yield from fetch(relation, bounded, settings, in_order).to_batches(BATCH)


def beside(relation: Relation, rows: pa.Table, name: str) -> Any:
    """Return a small table of our own; see :class:`evaluation.cells.engines.Engine`."""
    backend = relation.table.get_backend()
    with warnings.catch_warnings(), _errors():
        warnings.simplefilter("ignore")
        backend._session.createDataFrame(rows).createOrReplaceTempView(name)
    return backend.table(name)


def hold(relation: Relation, rows: Any, name: str, settings: Settings) -> Any | None:
    """Hold nothing: what Spark keeps has no limit here."""
    del relation, rows, name, settings
    return None


@contextmanager
def _partitions(backend: Any, in_order: bool) -> Iterator[None]:
    """Read everything in one partition where the order of sums matters."""
    conf = backend._session.conf
    before = {name: conf.get(name, None) for name in ONE_PARTITION if in_order}
    for name in before:
        conf.set(name, ONE_PARTITION[name])
    try:
        yield
    finally:
        for name, value in before.items():
            conf.unset(name) if value is None else conf.set(name, value)


@contextmanager
def _errors() -> Iterator[None]:
    """Turn Spark's errors into the user's, without their text: it may hold values."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except PySparkException as error:
        condition = error.getCondition() or type(error).__name__
        if condition.startswith(BEYOND):
            raise TooLarge from None
        if condition.startswith(NO_VALUE):
            raise DataError(
                "panel: a column of text is used as dates or numbers and holds other values; "
                "write dates as 2017-01-31"
            ) from None
        raise DataError(f"panel: Spark cannot answer ({condition})") from None
    except (Py4JError, ConnectionError) as error:
        raise EnvironmentProblem(
            f"Spark broke off ({type(error).__name__}); it may need more memory"
        ) from None
