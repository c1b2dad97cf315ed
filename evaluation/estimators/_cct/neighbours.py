"""Nearest neighbours on a running variable with ties: unions of whole mass points."""

from __future__ import annotations

import numpy as np

from evaluation.data.model_data import FloatArray, IntArray
from evaluation.errors import EstimationError
from evaluation.estimators._cct.local import BoolArray
from evaluation.estimators._cct.points import MassPoints

NEIGHBOURS = 3

# Distances that differ by less than this share of them are equal.
TIE = float(np.sqrt(np.finfo(np.float64).eps))


def neighbours(points: MassPoints, inside: BoolArray) -> tuple[FloatArray, IntArray]:
    """Return the unweighted mean and the number of rows of each point's set.

    A row's set starts with all rows at its own point; while it has fewer than three others, it
    takes in the whole nearest point, or both where two are equally near, looking only inside the
    window. All rows at a point share the set (Abadie and Imbens 2006; Calonico, Cattaneo and
    Titiunik 2014, section 2.4).

    Parameters
    ----------
    points
        Moments at P points.
    inside
        Points of one side that lie in the window, shape ``(P,)``.

    Returns
    -------
    tuple
        Means, shape ``(P, q)``, and rows, shape ``(P,)``; zero outside the window.

    Raises
    ------
    EstimationError
        Where the window holds one row.
    """
    if points.row_wise is None:
        return np.zeros_like(points.moments.mean), np.zeros_like(points.rows)
    x, rows = points.x[inside], points.rows[inside]
    values = points.row_wise.mean[inside]
    total = int(rows.sum())
    if total < 2:
        raise EstimationError(
            f"outcome {points.outcome}: one row has no neighbour within the bandwidth: widen it"
        )
    enough = min(NEIGHBOURS, total - 1)
    last = len(x) - 1
    below, above = np.arange(len(x)), np.arange(len(x))
    counted = np.concatenate([[0], np.cumsum(rows)])
    while True:
        short = counted[above + 1] - counted[below] - 1 < enough
        if not short.any():
            break
        left = np.where(below > 0, x - x[np.maximum(below - 1, 0)], np.inf)
        right = np.where(above < last, x[np.minimum(above + 1, last)] - x, np.inf)
        nearest = np.minimum(left, right)
        farther = np.where(np.isinf(np.maximum(left, right)), nearest, np.maximum(left, right))
        reach = nearest + farther * TIE
        below = np.where(short & (left <= reach), below - 1, below)
        above = np.where(short & (right <= reach), above + 1, above)
    summed = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(rows[:, None] * values, 0)])
    size = counted[above + 1] - counted[below]
    mean = np.zeros_like(points.moments.mean)
    mean[inside] = (summed[above + 1] - summed[below]) / size[:, None]
    found = np.zeros_like(points.rows)
    found[inside] = size
    return mean, found
