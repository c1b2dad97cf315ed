"""Collapse rows that agree in everything but the outcome: exact for coefficients and clusters.

With weights summed and outcomes averaged, least squares and the sums of scores within clusters
are those of the rows (Wong et al. 2021, "You Only Compress Once"). Row-wise variances (iid, HC1)
are not, and must see the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

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
    """

    first: IntArray
    weight: FloatArray
    y: FloatArray


def compress(
    key: Sequence[NDArray[Any]], y: FloatArray, weight: FloatArray, at_most: float = 0.5
) -> Compressed | None:
    """Return the cells of a key, or ``None`` where they would not be fewer than the rows.

    Parameters
    ----------
    key
        Arrays of shape ``(n,)``: cells are their joint values.
    y, weight
        Outcome and weight, shape ``(n,)``.
    at_most
        Largest number of cells, as a share of rows, that is worth the trouble.
    """
    rows = len(y)
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
    total = np.bincount(inverse, weight, len(first)).astype(np.float64)
    # Deviations from the mean keep their digits where outcomes are large amounts.
    centre = float(np.average(y, weights=weight))
    mean = np.bincount(inverse, weight * (y - centre), len(first)) / total + centre
    return Compressed(first.astype(np.int64), total, mean)


def _dense(code: IntArray) -> tuple[IntArray, int]:
    found, inverse = np.unique(code, return_inverse=True)
    return inverse.astype(np.int64), len(found)
