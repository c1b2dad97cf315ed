"""Weights on the simplex by the stopping rule under which synthetic DiD was published.

Frank-Wolfe steps with exact line search stop when the objective falls by less than the square of
a stated decrease, and so a little above the optimum of ``simplex``. Published figures carry the
trace of that rule in their third or fourth digit: it is needed to meet them. Source: the
algorithm of Arkhangelsky, Athey, Hirshberg, Imbens and Wager (2021), American Economic Review
111(12), as their R package synthdid 0.0.9 runs it (``sc.weight.fw`` and ``sparsify_function``).
"""

from __future__ import annotations

import numpy as np

from evaluation.data.model_data import FloatArray

STEPS_BEFORE_SPARSE = 100
STEPS = 10_000
# Weights of at most this share of the largest are set to zero once.
SPARSE = 0.25


def frank_wolfe_weights(
    points: FloatArray, target: FloatArray, ridge: float, decrease: float
) -> FloatArray:
    """Return weights on the simplex near those whose combination of points is nearest the target.

    Parameters
    ----------
    points
        One column a point, shape ``(m, n)``.
    target
        Shape ``(m,)``.
    ridge
        Weight of the squared length of the weights, in units of the target.
    decrease
        Root of the fall of the mean squared distance below which steps stop, in the same units.

    Returns
    -------
    FloatArray
        Shape ``(n,)``.
    """
    count = points.shape[1]
    first = _steps(
        points, target, ridge, decrease, np.full(count, 1.0 / count), STEPS_BEFORE_SPARSE
    )
    sparse = np.where(first <= SPARSE * first.max(), 0.0, first)
    return _steps(points, target, ridge, decrease, sparse / sparse.sum(), STEPS)


def _steps(
    points: FloatArray,
    target: FloatArray,
    ridge: float,
    decrease: float,
    weights: FloatArray,
    most: int,
) -> FloatArray:
    rows = len(target)
    penalty = rows * ridge**2
    objectives: list[float] = []
    while len(objectives) < 2 or objectives[-2] - objectives[-1] > decrease**2:
        if len(objectives) == most:
            break
        reached = points @ weights
        slope = (reached - target) @ points + penalty * weights
        best = int(np.argmin(slope))
        direction = -weights
        direction[best] += 1.0
        if direction.any():
            change = points[:, best] - reached
            curvature = float(change @ change + penalty * (direction @ direction))
            share = -float(slope @ direction) / curvature if curvature > 0 else 1.0
            weights = weights + min(1.0, max(0.0, share)) * direction
        left = points @ weights - target
        objectives.append(float(ridge**2 * (weights @ weights) + left @ left / rows))
    return weights
