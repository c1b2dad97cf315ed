"""A parquet file, or a folder of them, read by Spark on this machine."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evaluation.data.databases._spark_session import spark_backend
from evaluation.data.remembered_digest import remembered_digest
from evaluation.errors import DataError, EnvironmentProblem
from evaluation.spec.database import Address

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Spark:
    """An open parquet table."""

    path: Path
    table: Any
    backend: Any

    def fetch(self, expression: Any) -> pa.Table:
        """Return the rows of an Ibis expression on ``table``.

        By Arrow: Ibis's own way leads through pandas, where whole numbers beside a null are floats.
        """
        with _spoken(self.path):
            return fetch(self.backend, expression)

    def inputs(self, memory: Path | None = None) -> Mapping[str, str]:
        """Return the digest of the file, or of the names and digests of all in a folder."""
        if self.path.is_file():
            return {self.path.name: remembered_digest(self.path, memory)}
        whole = hashlib.sha256()
        for path in parquet_files(self.path):
            name = path.relative_to(self.path).as_posix()
            whole.update(f"{name}\0{remembered_digest(path, memory)}\0".encode())
        return {self.path.name: whole.hexdigest()}


def connect(address: Address, settings: Mapping[str, Any]) -> Spark:
    """Open a parquet file or folder with Spark.

    Raises
    ------
    DataError
        No such file, or no parquet in the folder.
    EnvironmentProblem
        Without pyspark or Java.
    """
    path = address.path
    if path is None or not path.exists() or not parquet_files(path):
        raise DataError(
            "panel.table: no parquet file there; with Spark it names one, or a folder of them"
        )
    _require_same(parquet_files(path))
    backend = spark_backend(int(settings.get("threads", address.cores)))
    with _spoken(path):
        return Spark(path, backend.read_parquet(path.as_uri()), backend)


def _require_same(files: list[Path]) -> None:
    """Refuse what Spark would fill with nulls, or fail on: files of other columns or types."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    first: dict[str, Any] = {}
    for file in files:
        try:
            schema = pq.read_schema(file)
        except (pa.ArrowInvalid, OSError):
            raise DataError(f"{file.name}: is not a whole parquet file; write it again") from None
        types = {field.name: field.type for field in schema}
        first = first or types
        other = [name for name in {**first, **types} if first.get(name) != types.get(name)]
        if other:
            raise DataError(
                f"{file.name}: column {other[0]!r} is missing or of another type than in "
                f"{files[0].name}; write every file with the same columns and types"
            )


def parquet_files(path: Path) -> list[Path]:
    """Return the parquet files that Spark reads at a place, in order of their names."""
    if path.is_file():
        return [path]
    found = sorted(path.rglob("*.parquet"))
    hidden = ("_", ".")
    return [
        one
        for one in found
        if not any(part.startswith(hidden) for part in one.relative_to(path).parts)
    ]


def fetch(backend: Any, expression: Any) -> pa.Table:
    """Return the rows of an Ibis expression on Spark."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        backend._run_pre_execute_hooks(expression)
        found: pa.Table = backend.raw_sql(backend.compile(expression)).toArrow()
    return found


@contextmanager
def _spoken(path: Path) -> Iterator[None]:
    """Turn what Spark raises into one line without values."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except PySparkException as error:
        word = error.getCondition() or type(error).__name__
        raise DataError(f"{path.name}: Spark cannot read it ({word})") from None
    except (Py4JError, ConnectionError) as error:
        raise EnvironmentProblem(
            f"{path.name}: Spark broke off ({type(error).__name__}); it may need more memory"
        ) from None
