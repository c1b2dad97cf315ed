"""File formats: a typed table in, the same bytes for the same table out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from evaluation.errors import DataError, EnvironmentProblem, SpecError

# Stata files hold when they were made: a fixed time, so that equal data are equal bytes.
_MADE = datetime(2000, 1, 1)


def write_table(table: Any, path: Path, format: str, delimiter: str = ";") -> Path:
    """Write a ``pyarrow.Table`` to ``path`` with the ending of ``format``; return that path.

    Raises
    ------
    SpecError
        For an unknown format.
    DataError
        For a text that the format cannot hold.
    EnvironmentProblem
        Where the folder cannot be written.
    """
    refuse_format(format, tuple(WRITERS))
    target = path.with_name(f"{path.name}.{format}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        WRITERS[format](table, target, delimiter)
    except OSError as error:
        raise EnvironmentProblem(
            f"{target.parent}: cannot be written ({error.strerror or type(error).__name__}); "
            "choose another folder with --out"
        ) from None
    return target


def refuse_format(format: str, allowed: tuple[str, ...]) -> None:
    """Refuse a format that is not among ``allowed``.

    Raises
    ------
    SpecError
        With those that are.
    """
    if format not in allowed:
        raise SpecError(f'format "{format}": not written here; allowed: {", ".join(allowed)}')


def join_parts(folder: Path, ending: str, target: Path) -> None:
    """Join the text files of ``folder`` in the order of their names, and remove the folder.

    The first line of each is its header, kept once.
    """
    with target.open("wb") as joined:
        for rank, part in enumerate(sorted(folder.glob(f"*.{ending}"))):
            with part.open("rb") as lines:
                header = lines.readline()
                if rank == 0:
                    joined.write(header)
                while block := lines.read(1 << 20):
                    joined.write(block)
            part.unlink()
    folder.rmdir()


def _parquet(table: Any, path: Path, delimiter: str) -> None:
    import pyarrow.parquet as pq

    pq.write_table(table, path, compression="zstd")


def _csv(table: Any, path: Path, delimiter: str) -> None:
    """Write without quotes, as registers do."""
    import pyarrow as pa
    import pyarrow.csv as csv

    options = csv.WriteOptions(
        include_header=False, delimiter=delimiter, quoting_style="none", batch_size=65_536
    )
    with path.open("wb") as file:
        file.write((delimiter.join(table.column_names) + "\n").encode())
        try:
            csv.write_csv(table, file, options)
        except pa.ArrowInvalid:
            raise DataError(
                f'{path.parent.name}: a text holds "{delimiter}", a quote or a line break; '
                "deliver it as parquet, or recode it"
            ) from None


def _dta(table: Any, path: Path, delimiter: str) -> None:
    import pandas as pd
    import pyarrow as pa

    data: dict[str, Any] = {}
    dates: Any = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_string(column.type):
            data[name] = column.fill_null("").to_pandas().astype(object)
        elif pa.types.is_date32(column.type):
            data[name] = pd.to_datetime(column.to_pandas())
            dates[name] = "td"
        elif pa.types.is_integer(column.type):
            data[name] = column.to_pandas(types_mapper=_nullable().get)
        else:
            data[name] = column.to_pandas()
    pd.DataFrame(data).to_stata(
        path, write_index=False, version=118, time_stamp=_MADE, convert_dates=dates
    )


def _nullable() -> Mapping[Any, Any]:
    import pandas as pd
    import pyarrow as pa

    return {pa.int32(): pd.Int32Dtype(), pa.int64(): pd.Int64Dtype(), pa.int8(): pd.Int8Dtype()}


WRITERS: Mapping[str, Callable[[Any, Path, str], None]] = MappingProxyType(
    {"parquet": _parquet, "csv": _csv, "dta": _dta}
)
