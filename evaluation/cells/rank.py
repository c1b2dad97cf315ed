"""Which columns of a regression add something to those before them."""

from __future__ import annotations

import numpy as np

from evaluation.data.model_data import FloatArray, IntArray

# Share of a column's own variation that must be left after the columns before it.
TOLERANCE = 1e-10


def independent_columns(gram: FloatArray, scale: FloatArray) -> IntArray:
    """Return the positions of columns that are not combinations of earlier ones.

    A Cholesky factorisation in the order given: the decision depends on numbers and order, never
    on names.

    Parameters
    ----------
    gram
        Cross-products after absorption, shape ``(K, K)``.
    scale
        Sum of squares of each column before absorption, shape ``(K,)``.
    """
    size = len(scale)
    safe = np.where(scale > 0, scale, 1.0)
    scaled = gram / np.sqrt(np.outer(safe, safe))
    factor = np.zeros((size, size))
    kept: list[int] = []
    for column in range(size):
        rank = len(kept)
        row = scaled[column, kept].copy()
        for i in range(rank):
            row[i] = (row[i] - row[:i] @ factor[i, :i]) / factor[i, i]
        left = scaled[column, column] - row @ row
        if scale[column] > 0 and left > TOLERANCE:
            factor[rank, :rank] = row
            factor[rank, rank] = np.sqrt(left)
            kept.append(column)
    return np.array(kept, dtype=np.int64)
