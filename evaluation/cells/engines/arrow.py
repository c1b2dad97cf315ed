"""Frames as Arrow tables, with what a look at every value tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from evaluation.cells.expressions.sums import LARGEST_WHOLE_FLOAT
from evaluation.cells.relation import ColumnFacts, Kind
from evaluation.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa


def as_arrow(frame: pd.DataFrame) -> pa.Table:
    """Return a frame as an Arrow table, missing values null.

    Raises
    ------
    DataError
        Where a column mixes types, or two differ in capitals alone.
    """
    import pyarrow as pa

    names = [str(name) for name in frame.columns]
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(name.lower(), name)
        if other != name:
            raise DataError(
                f"panel: columns {other!r} and {name!r} differ in capitals alone; rename one"
            )
    arrays = [_array(frame.iloc[:, at], name) for at, name in enumerate(names)]
    return pa.table(dict(zip(names, arrays, strict=True)))


def facts_of_array(values: pa.ChunkedArray, kind: Kind) -> ColumnFacts:
    """Return kind, bounds and missing values of a column."""
    import pyarrow.compute as pc

    nulls = int(values.null_count)
    if kind == "boolean":
        return ColumnFacts(kind, 0, 1, nulls)
    if kind == "integer" or (kind == "float" and _is_whole(values)):
        bounds = pc.min_max(values).as_py()
        if bounds["min"] is None:
            return ColumnFacts(kind, None, None, nulls)
        return ColumnFacts(kind, int(bounds["min"]), int(bounds["max"]), nulls, kind == "float")
    return ColumnFacts(kind, None, None, nulls, False if kind == "float" else None)


def _array(column: pd.Series, name: str) -> pa.Array:
    import pyarrow as pa

    if isinstance(column.dtype, pd.CategoricalDtype):
        column = pd.Series(np.asarray(column))
    try:
        found = pa.Array.from_pandas(column)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        raise DataError(
            f"panel: column {name!r} mixes text, numbers or dates; make it one of them"
        ) from None
    if pa.types.is_decimal(found.type) or pa.types.is_float16(found.type):
        return found.cast(pa.float64())
    if pa.types.is_large_string(found.type):
        return found
    return found


def _is_whole(values: pa.ChunkedArray) -> bool:
    import pyarrow.compute as pc

    known = pc.drop_null(values)
    if len(known) == 0:
        return True
    numbers = known.to_numpy()
    with np.errstate(invalid="ignore"):
        whole = (np.floor(numbers) == numbers) & (np.abs(numbers) <= LARGEST_WHOLE_FLOAT)
    return bool(whole.all())
