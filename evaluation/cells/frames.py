"""The result of a query as a frame: sorted by key, whole numbers exact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.data.plain import plain_columns

if TYPE_CHECKING:
    import pyarrow as pa

LOWEST, HIGHEST = -(2**63), 2**63 - 1
LARGEST_CODE = 2**62


def sorted_frame(table: pa.Table, key: Sequence[str]) -> pd.DataFrame:
    """Return a table sorted by its key, nulls last, with columns as frames hold them.

    Sums that come as decimals are int64 where all fit, else Python's whole numbers; a sum of
    nothing is 0.

    Parameters
    ----------
    table
        Key columns and sums.
    key
        Columns to sort by, in order; the others are sums.
    """
    table = table.combine_chunks()
    order = _order([_ranks(table.column(name)) for name in key], table.num_rows)
    columns = {}
    for name in table.column_names:
        values = table.column(name)
        series = _key(values) if name in key else _sums(values)
        columns[name] = series.take(order).reset_index(drop=True)
    return plain_columns(pd.DataFrame(columns))


def _order(ranks: Sequence[NDArray[np.int64]], rows: int) -> NDArray[np.int64]:
    """Return the order of rows by the first rank, ties by the second, and so on."""
    codes = [np.zeros(rows, dtype=np.int64)]
    sizes = [1]
    for rank in ranks:
        size = int(rank.max(initial=0)) + 1
        if sizes[-1] * size <= LARGEST_CODE:
            codes[-1], sizes[-1] = codes[-1] * size + rank, sizes[-1] * size
        else:
            codes.append(rank)
            sizes.append(size)
    return np.lexsort(codes[::-1])


def _ranks(values: pa.ChunkedArray) -> NDArray[np.int64]:
    """Return whole numbers from 0 in the order of the values, nulls last, shape ``(n,)``."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not len(values):
        return np.zeros(0, dtype=np.int64)
    encoded = pc.dictionary_encode(values).combine_chunks()
    levels = encoded.dictionary
    rank = np.empty(len(levels) + 1, dtype=np.int64)
    rank[pc.sort_indices(levels).to_numpy()] = np.arange(len(levels))
    rank[-1] = len(levels)
    codes = encoded.indices.fill_null(len(levels)).cast(pa.int64())
    found: NDArray[np.int64] = rank[codes.to_numpy()]
    return found


def _key(values: pa.ChunkedArray) -> pd.Series:
    series: pd.Series = values.to_pandas()
    return series


def _sums(values: pa.ChunkedArray) -> pd.Series:
    """Return sums as int64, Python's whole numbers or float64."""
    import pyarrow as pa

    if pa.types.is_floating(values.type):
        return pd.Series(values.fill_null(0.0).to_numpy().astype(np.float64))
    if pa.types.is_integer(values.type):
        return pd.Series(values.fill_null(0).to_numpy().astype(np.int64))
    try:
        return pd.Series(values.cast(pa.int64()).fill_null(0).to_numpy())
    except pa.ArrowInvalid:
        whole = [0 if one is None else int(one) for one in values.to_pylist()]
    fits = all(LOWEST <= one <= HIGHEST for one in whole)
    return pd.Series(np.array(whole, dtype=np.int64 if fits else object))
