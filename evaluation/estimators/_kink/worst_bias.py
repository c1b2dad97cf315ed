"""The largest bias of a slope change, per unit of variation of the second derivative."""

from __future__ import annotations

import numpy as np

from evaluation.data.model_data import FloatArray


def curvature_loading(x: FloatArray, weight: FloatArray) -> tuple[float, float]:
    r"""Return the largest bias of a slope change if second derivatives vary by one, by side.

    On a side of the cutoff a function is its level and slope there plus
    :math:`\int_0^x (x - s) m''(s) ds`. Weights c that add up to a slope change make of the last
    part :math:`\int m''(s) w(s) ds` with :math:`w(s) = \sum_{x_i > s} c_i (x_i - s)`, piecewise
    linear between the points. Quadratics on each side are reproduced, so that
    :math:`\int w = 0` there and the mean of m'' adds nothing: where m'' lies in an interval of
    length B, the bias of a side is at most B / 2 times :math:`\int |w|`, and the function with
    m'' at the ends of the interval by the sign of w reaches it. The two sides add up. The
    reasoning is that of Armstrong and Kolesár (2020), Quantitative Economics 11(1), for another
    class.

    Parameters
    ----------
    x
        Values of the running variable from where the sides meet, shape ``(P,)``; a value of zero
        belongs to either side.
    weight
        What each adds to the slope change, shape ``(P,)``.

    Returns
    -------
    tuple[float, float]
        :math:`\int |w| / 2` below and above, in units of x.
    """
    return _side(-x, weight) / 2, _side(x, weight) / 2


def _side(x: FloatArray, weight: FloatArray) -> float:
    """Return the integral of |w| over the side where x is positive."""
    here = (x > 0) & (weight != 0)
    knots, place = np.unique(x[here], return_inverse=True)
    total = np.bincount(place, weight[here], len(knots))
    first = np.bincount(place, weight[here] * x[here], len(knots))
    # Sums over the knots above each knot, and over all of them at zero.
    above = [np.concatenate([np.cumsum(part[::-1])[::-1], [0.0]]) for part in (first, total)]
    at = np.concatenate([[0.0], knots])
    value = above[0] - at * above[1]
    return float(np.sum(np.diff(at) * _mean_size(value[:-1], value[1:])))


def _mean_size(one: FloatArray, other: FloatArray) -> FloatArray:
    """Return the mean of |w| over a stretch on which w is a line, from its ends."""
    size = np.abs(one) + np.abs(other)
    crossing = one * other < 0
    safe = np.where(crossing, size, 1.0)
    mean: FloatArray = np.where(crossing, (one**2 + other**2) / (2 * safe), size / 2)
    return mean
