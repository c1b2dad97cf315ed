"""Tables of cells as parquet: whole numbers beyond 64 bits included."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from evaluation.errors import DataError

# Decimal digits that hold every sum of products of 64-bit numbers we meet.
DIGITS = 38


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """Write a table of cells.

    Parameters
    ----------
    frame
        Key columns and sums; a column of Python's own whole numbers becomes decimal.
    path
        A parquet file.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrays = {}
    for name in frame.columns:
        values = frame[name]
        whole = values.dtype == object and bool(len(values)) and _are_whole(values)
        kind = pa.decimal128(DIGITS, 0) if whole else None
        arrays[str(name)] = pa.Array.from_pandas(values, type=kind)
    pq.write_table(pa.table(arrays), path, compression="zstd")


def read_frame(path: Path, nullable: bool = False) -> pd.DataFrame:
    """Return a table of cells.

    Parameters
    ----------
    path
        A parquet file.
    nullable
        Whether whole numbers beside missing values stay whole, as ``Int64``.

    Raises
    ------
    DataError
        Where the file is no whole parquet file.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(path).read()
    except (pa.ArrowInvalid, OSError):
        raise DataError(f"{path.name}: is not a whole parquet file; write it again") from None
    whole = {kind: pd.Int64Dtype() for kind in set(table.schema.types) if pa.types.is_integer(kind)}
    frame: pd.DataFrame = table.to_pandas(types_mapper=whole.get if nullable else None)
    for name, kind in zip(table.column_names, table.schema.types, strict=True):
        if pa.types.is_decimal(kind):
            frame[name] = _whole(frame[name])
    return frame


def _are_whole(values: pd.Series) -> bool:
    return all(isinstance(one, int) and not isinstance(one, bool) for one in values)


def _whole(values: pd.Series) -> pd.Series:
    """Return decimals as whole numbers: 64-bit ones where all fit, else Python's own.

    Missing values stay, among Python's own.
    """
    if values.isna().any():
        kept = [None if one is None else int(one) for one in values]
        return pd.Series(kept, values.index, dtype=object)
    numbers = [int(one) for one in values]
    if all(-(2**62) < one < 2**62 for one in numbers):
        return pd.Series(np.array(numbers, dtype=np.int64), values.index)
    return pd.Series(numbers, values.index, dtype=object)
