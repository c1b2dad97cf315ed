"""Weights that are not negative and sum to one, fitted by least squares: the exact optimum.

The problem is to minimise, over the simplex,

    |A w - b|² / m + ridge² |w|²,

which is the point of a polytope nearest the origin: its corners are the columns of A less b,
divided by √m, with ridge times a unit vector below each. It is solved by Wolfe's active-set
algorithm, which ends at the optimum after a finite number of steps. Sources: Wolfe (1976),
Mathematical Programming 11, section 3; Abadie, Diamond and Hainmueller (2010), Journal of the
American Statistical Association 105(490), section 2.3, for the problem without ridge.
"""

from __future__ import annotations

import numpy as np

from evaluation.data.model_data import FloatArray, IntArray
from evaluation.errors import EstimationError

# How far below the optimum's own product a corner's product with it must lie to be let in,
# against the lengths of the two.
SLACK = 1e-11
# A point so near the origin, against the longest corner, is the origin but for rounding: the target
# is then met exactly, by other weights as well.
MET = 1e-13
STEPS_PER_CORNER = 50


def simplex_weights(points: FloatArray, target: FloatArray, ridge: float = 0.0) -> FloatArray:
    """Return the weights on the simplex whose combination of points is nearest the target.

    Parameters
    ----------
    points
        One column a point, shape ``(m, n)``.
    target
        Shape ``(m,)``.
    ridge
        Weight of the squared length of the weights, as a standard deviation of an outcome; with
        a positive one the optimum is unique.

    Returns
    -------
    FloatArray
        Shape ``(n,)``; weights that are not in use are exactly zero.

    Raises
    ------
    EstimationError
        Where rounding keeps the steps from ending.
    """
    rows, count = points.shape
    corners = np.vstack([(points - target[:, None]) / np.sqrt(rows), ridge * np.eye(count)])
    longest = float(np.sqrt((corners * corners).sum(axis=0).max()))
    weights = _start(corners)
    for _ in range(STEPS_PER_CORNER * count):
        nearest = corners @ weights
        length = float(nearest @ nearest)
        if np.sqrt(length) <= MET * longest:
            return weights
        below = corners.T @ nearest - length
        below[weights > 0] = 0.0
        entering = int(np.argmin(below))
        if below[entering] >= -SLACK * np.sqrt(length) * longest:
            return weights
        used = np.sort(np.append(np.flatnonzero(weights > 0), entering))
        weights = _inside(corners, used, weights)
    raise EstimationError(
        f"weights of {count} units: the search did not end, as rounding hides which are best; "
        "leave out units that are copies of others"
    )


def _start(corners: FloatArray) -> FloatArray:
    """Return weights on a face whose nearest point lies inside it: few steps from the optimum."""
    used = np.arange(corners.shape[1])
    while True:
        found = _affine(corners, used)
        if (found > 0).all():
            weights = np.zeros(corners.shape[1])
            weights[used] = found
            return weights
        used = used[found > 0]


def _inside(corners: FloatArray, used: IntArray, weights: FloatArray) -> FloatArray:
    """Return the best weights on a face, or on a part of it, that are all positive there."""
    while True:
        found = _affine(corners, used)
        moved = np.zeros_like(weights)
        if (found > 0).all():
            moved[used] = found
            return moved
        # As far towards the face's own optimum as no weight falls below zero.
        now = weights[used]
        falling = found <= 0
        way = np.full(len(used), np.inf)
        np.divide(now, now - found, out=way, where=falling & (now > found))
        way[falling & (now <= found)] = 0.0
        share = float(way.min())
        moved[used] = np.where(way <= share, 0.0, now + share * (found - now))
        weights = np.maximum(moved, 0.0)
        used = used[weights[used] > 0]


def _affine(corners: FloatArray, used: IntArray) -> FloatArray:
    """Return the weights, of any sign, of the point nearest the origin on a face's plane."""
    from scipy.linalg import lstsq

    first = corners[:, used[0]]
    if len(used) == 1:
        return np.ones(1)
    directions = corners[:, used[1:]] - first[:, None]
    others = lstsq(directions, -first, lapack_driver="gelsy", check_finite=False)[0]
    return np.concatenate([[1.0 - others.sum()], others])
