"""The whole path of a lasso, knot by knot.

Source: Osborne, Presnell and Turlach (2000), IMA Journal of Numerical Analysis 20(3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.data.model_data import FloatArray

# What happens at a knot again, but for rounding, is that knot.
BELOW = 1.0 - 1e-10


@dataclass(frozen=True, slots=True)
class Knot:
    """A solution where the set of values that are not zero changes; between knots it is linear.

    Attributes
    ----------
    penalty
        Of the sum of absolute values, at least 0.
    values
        Shape ``(m,)``.
    """

    penalty: float
    values: FloatArray


def lasso_path(curvature: FloatArray, gradient: FloatArray) -> list[Knot]:
    """Return the minimisers of ``q'Hq / 2 - g'q + penalty × |q|``, from all zero to no penalty.

    Parameters
    ----------
    curvature
        H, positive definite, shape ``(m, m)``; scaled inside, so that units do not matter.
    gradient
        g, shape ``(m,)``.
    """
    size = len(gradient)
    values = np.zeros(size)
    if size == 0 or not np.any(gradient):
        return [Knot(0.0, values)]
    penalty = float(np.abs(gradient).max())
    knots = [Knot(penalty, values)]
    active = [int(np.abs(gradient).argmax())]
    signs = {active[0]: float(np.sign(gradient[active[0]]))}
    for _ in range(8 * size + 8):
        held = np.array(active)
        sign = np.array([signs[j] for j in active])
        own = curvature[np.ix_(held, held)]
        at_zero, slope = np.linalg.solve(own, np.column_stack([gradient[held], sign])).T
        # Values are at_zero - penalty × slope, gradients left a + penalty × b.
        a = gradient - curvature[:, held] @ at_zero
        b = curvature[:, held] @ slope
        step, joins, leaves, way = 0.0, -1, -1, 0.0
        for j in range(size):
            if j in signs:
                continue
            for s in (1.0, -1.0):
                rate = s - b[j]
                reached = a[j] / rate if rate != 0 else 0.0
                if step < reached < penalty * BELOW:
                    step, joins, leaves, way = float(reached), j, -1, s
        for place, j in enumerate(active):
            crossed = at_zero[place] / slope[place] if slope[place] != 0 else 0.0
            if step < crossed < penalty * BELOW:
                step, joins, leaves = float(crossed), -1, j
        values = np.zeros(size)
        values[held] = at_zero - step * slope
        if leaves >= 0:
            values[leaves] = 0.0
            active.remove(leaves)
            del signs[leaves]
        penalty = step
        knots.append(Knot(penalty, values))
        if joins >= 0:
            active.append(joins)
            signs[joins] = way
        if penalty == 0.0 or not active:
            break
    return knots
