"""One quiet Spark session in the process, on this machine alone."""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from evaluation.data.databases._java import require_java
from evaluation.errors import EnvironmentProblem

MEMORY = "2g"
# Where pyspark repeats every error, with the values that made it, on stderr.
CHATTER = "SQLQueryContextLogger"


def spark_backend(cores: int, memory: str = MEMORY) -> Any:
    """Return the Ibis backend on Spark; the first call starts it, and decides on its cores.

    Parameters
    ----------
    cores
        Processor cores that it may use.
    memory
        Memory of its Java process, such as ``2g``.

    Raises
    ------
    EnvironmentProblem
        Without pyspark or Java.
    """
    try:
        import pyspark  # noqa: F401
    except ImportError:
        raise EnvironmentProblem(
            "Spark needs the package pyspark; install activity-duty[spark]"
        ) from None
    require_java()
    return _started(cores, memory)


@lru_cache(maxsize=1)
def _only() -> list[Any]:
    """Return where the one session of the process is kept."""
    return []


def _started(cores: int, memory: str) -> Any:
    kept = _only()
    if not kept:
        kept.append(_start(cores, memory))
    return kept[0]


def _start(cores: int, memory: str) -> Any:
    from py4j.protocol import Py4JError

    with warnings.catch_warnings():
        # Of pyspark about pandas 3: rows come by Arrow and never pass through its converter.
        warnings.simplefilter("ignore")
        import ibis
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession

    folder = Path(tempfile.mkdtemp(prefix="activity-duty-spark-"))
    settings = {
        "spark.master": f"local[{cores}]",
        "spark.app.name": "activity-duty",
        "spark.driver.memory": memory,
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "OFF",
        "spark.local.dir": str(folder),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.shuffle.partitions": str(2 * cores),
        "spark.sql.session.timeZone": "UTC",
        # A sum beyond 64 bits is an error, never another number.
        "spark.sql.ansi.enabled": "true",
        # Counts and bounds of columns come from footers.
        "spark.sql.parquet.aggregatePushdown": "true",
    }
    builder = SparkSession.builder
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        with _no_chatter():
            session = builder.getOrCreate()
    except (PySparkException, Py4JError, OSError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise EnvironmentProblem(
            f"Spark does not start ({type(error).__name__}); check Java and free memory"
        ) from None
    logging.getLogger(CHATTER).setLevel(logging.CRITICAL + 1)
    atexit.register(_end, session, folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ibis.pyspark.connect(session)


def _end(session: Any, folder: Path) -> None:
    """Stop Spark, then remove what it spilled: rows of the panel may be among it."""
    session.stop()
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _no_chatter() -> Iterator[None]:
    """Let a process started inside the block inherit no terminal to write to."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    kept = [os.dup(number) for number in (1, 2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        for number in (1, 2):
            os.dup2(nowhere, number)
        yield
    finally:
        for number, old in zip((1, 2), kept, strict=True):
            os.dup2(old, number)
            os.close(old)
        os.close(nowhere)
