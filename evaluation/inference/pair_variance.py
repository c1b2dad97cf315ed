"""Variance clustered by unit, from sums over units seen at two points of a running variable.

An estimate j that is linear in outcomes, treatment and controls adds, for unit i,

    a_ij = sum over points a and variables v of L_j[v, a] v(i, a),

with v(i, a) the unit's value at point a, 0 where it has no row there. So the sum over units of
a_ij a_ik needs only sums over units of v(i, a) w(i, b): a cluster-robust variance (Liang and Zeger
1986, Biometrika 73(1)) for every bandwidth, kernel, order and cutoff from the same pairs.
"""

from __future__ import annotations

from evaluation.data.moments import FloatArray


def pair_covariance(products: FloatArray, influence: FloatArray) -> FloatArray:
    """Return the sum over units of a_ij a_ik, shape ``(m, m)``.

    Parameters
    ----------
    products
        Sums over units of v(i, a) w(i, b), shape ``(V, V, P, P)``: ``[v, w, a, b]``.
    influence
        L_j[v, a] of every estimate, shape ``(m, V, P)``; its row for the variable ``one`` carries
        what is taken off (a fitted value), so that products of large levels cancel only there.
    """
    m, variables, points = influence.shape
    flat = influence.reshape(m, variables * points)
    joint = products.transpose(0, 2, 1, 3).reshape(variables * points, variables * points)
    covariance: FloatArray = flat @ joint @ flat.T
    # The sum is symmetric; rounding is not.
    symmetric: FloatArray = (covariance + covariance.T) / 2
    return symmetric
