"""Weighted means and scatters of groups of rows, or of cells that have some already."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.data.model_data import FloatArray, IntArray


@dataclass(frozen=True)
class Pooled:
    """Moments of P groups.

    Attributes
    ----------
    weight
        Sum of weights, shape ``(P,)``.
    mean
        Weighted means, shape ``(P, q)``.
    scatter
        Weighted products about these means, shape ``(P, q, q)``.
    """

    weight: FloatArray
    mean: FloatArray
    scatter: FloatArray


def pooled(
    group: IntArray,
    groups: int,
    weight: FloatArray,
    values: FloatArray,
    scatter: FloatArray | None,
    products: bool = True,
) -> Pooled:
    """Return the moments of every group.

    Parameters
    ----------
    group
        Codes 0..groups-1, each of which occurs, shape ``(n,)``.
    groups
        Number of groups.
    weight
        Shape ``(n,)``.
    values
        Values, or means of cells, shape ``(n, q)``.
    scatter
        Products inside cells about their means, shape ``(n, q, q)``; ``None`` for rows.
    products
        Whether the scatter is wanted; without, it is zero.
    """
    total: FloatArray = np.bincount(group, weight, groups).astype(np.float64)
    q = values.shape[1]
    mean = np.column_stack(
        [np.bincount(group, weight * values[:, j], groups) / total for j in range(q)]
    )
    result = np.zeros((groups, q, q))
    if products:
        away = values - mean[group]
        for j in range(q):
            for k in range(j + 1):
                added = weight * away[:, j] * away[:, k]
                if scatter is not None:
                    added = added + scatter[:, j, k]
                result[:, j, k] = result[:, k, j] = np.bincount(group, added, groups)
    return Pooled(total, mean, result)
