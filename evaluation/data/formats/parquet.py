"""Apache Parquet."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from evaluation.errors import DataError
from evaluation.spec.panel import FilePanel


def columns(path: Path, panel: FilePanel) -> tuple[str, ...]:
    """Return the names in the file's schema."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return tuple(pq.read_schema(path).names)
    except (pa.ArrowInvalid, OSError):
        raise DataError(_unreadable(path)) from None


def read(path: Path, names: list[str], panel: FilePanel) -> pd.DataFrame:
    """Return the rows of a parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path, columns=names)
    except (pa.ArrowInvalid, OSError):
        raise DataError(_unreadable(path)) from None
    for name, kind in zip(table.column_names, table.schema.types, strict=True):
        if pa.types.is_nested(kind) or pa.types.is_duration(kind):
            raise DataError(
                f"{path.name}: column {name!r} holds lists, tables or durations; write it as "
                "numbers, text or dates"
            )
    frame: pd.DataFrame = table.to_pandas()
    return frame.loc[:, names]


def _unreadable(path: Path) -> str:
    return f"{path.name}: is not a whole parquet file; write it again"
