"""Collapse rows, or cells, that agree in a key: exact for coefficients and clusters.

With weights summed and the other columns averaged, least squares and the sums of scores within
clusters are those of the rows, once the cross-products inside the new cells are added (Wong et al.
2021, "You Only Compress Once").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.data.memo import Memo, remembered
from evaluation.data.model_data import FloatArray, IntArray

# A code stays an exact int64 well below this many combinations.
LARGEST_CODE = 2**62


@dataclass(frozen=True)
class Compressed:
    """Cells of rows with one key.

    Attributes
    ----------
    first
        Position of one row of each cell, shape ``(cells,)``.
    weight
        Sum of weights, shape ``(cells,)``.
    y
        Weighted mean outcome, shape ``(cells,)``.
    columns
        Weighted means of columns that are not in the key, shape ``(cells, r)``.
    scatter
        Weighted cross-products about the means, outcome last, shape ``(cells, r + 1, r + 1)``.
    """

    first: IntArray
    weight: FloatArray
    y: FloatArray
    columns: FloatArray
    scatter: FloatArray


def compress(
    key: Sequence[NDArray[Any]],
    y: FloatArray,
    weight: FloatArray,
    columns: Sequence[FloatArray] = (),
    scatter: Mapping[tuple[int, int], FloatArray] | None = None,
    at_most: float = 0.5,
    memo: Memo | None = None,
) -> Compressed | None:
    """Return the cells of a key, or ``None`` where they would not be fewer than the rows.

    Parameters
    ----------
    key
        Arrays of shape ``(n,)``: cells are their joint values.
    y, weight
        Outcome and weight, shape ``(n,)``.
    columns
        Further columns to average, r of shape ``(n,)``.
    scatter
        Cross-products inside what is collapsed, each of shape ``(n,)``, by the positions of two
        columns, first at most second, the outcome last; those left out are zero.
    at_most
        Largest number of cells, as a share of rows, that is worth the trouble.
    memo
        Where the cells of this key may be known already.
    """
    groups = remembered(
        memo, f"cells of a key, {at_most}", key, lambda: _groups(key, len(y), at_most)
    )
    if groups is None:
        return None
    first, inverse = groups
    total = np.bincount(inverse, weight, len(first)).astype(np.float64)
    values = np.column_stack([*columns, y])
    # Deviations from the mean keep their digits where outcomes are large amounts.
    centre = np.average(values, axis=0, weights=weight)
    values -= centre
    sums = [np.bincount(inverse, weight * column, len(first)) for column in values.T]
    means = np.column_stack(sums) / total[:, None]
    values -= means[inverse]
    products = _products(inverse, values, weight, scatter or {}, len(first))
    means += centre
    return Compressed(first, total, means[:, -1], means[:, :-1], products)


def _groups(
    key: Sequence[NDArray[Any]], rows: int, at_most: float
) -> tuple[IntArray, IntArray] | None:
    """Return one row of each cell and the cell of each row, ``None`` where cells are too many."""
    code, size = np.zeros(rows, dtype=np.int64), 1
    for column in key:
        codes, levels = pd.factorize(column, sort=True)
        if size * (len(levels) + 1) > LARGEST_CODE:
            code, size = _dense(code)
        code, size = code * len(levels) + codes, size * len(levels)
        if len(levels) > at_most * rows:
            return None
    _, first, inverse = np.unique(code, return_index=True, return_inverse=True)
    if len(first) > at_most * rows:
        return None
    return first.astype(np.int64), inverse.astype(np.int64)


def _products(
    codes: IntArray,
    rest: FloatArray,
    weight: FloatArray,
    scatter: Mapping[tuple[int, int], FloatArray],
    size: int,
) -> FloatArray:
    """Return weighted cross-products of deviations, and those given, by code."""
    side = rest.shape[1]
    found = np.empty((side, side, size)).transpose(2, 0, 1)
    for i in range(side):
        own = weight * rest[:, i]
        for j in range(i, side):
            product = own * rest[:, j]
            if (i, j) in scatter:
                product += scatter[i, j]
            found[:, i, j] = found[:, j, i] = np.bincount(codes, product, size)
    return found


def _dense(code: IntArray) -> tuple[IntArray, int]:
    found, inverse = np.unique(code, return_inverse=True)
    return inverse.astype(np.int64), len(found)
