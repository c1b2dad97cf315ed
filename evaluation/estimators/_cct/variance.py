"""Variances of sums over rows: nearest neighbours, HC1, by cluster, by unit.

A number that the rows add up to, linear once its combination of variables is fixed, has an
influence ``level[point] × weight × residual``. One function returns the products of several such
numbers: those of the two sides of a cutoff, or of one alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.cells.needs_rows import NeedsRows
from evaluation.data.model_data import FloatArray
from evaluation.estimators._cct.local import BoolArray
from evaluation.estimators._cct.neighbours import neighbours
from evaluation.estimators._cct.points import ByCluster, MassPoints
from evaluation.inference.pair_variance import pair_covariance


@dataclass(frozen=True)
class Influence:
    """How rows move a number.

    Attributes
    ----------
    level
        Shape ``(P,)``.
    fitted
        What residuals are taken from, for each variable, shape ``(P, q)``.
    inside
        Points whose rows count, as n, and whose clusters count, as G, shape ``(P,)``; all on one
        side, at least partly.
    k
        Coefficients that the residuals come from.
    """

    level: FloatArray
    fitted: FloatArray
    inside: BoolArray
    k: int

    def rows(self, points: MassPoints) -> int:
        """Return the number of rows inside."""
        return int(points.rows[self.inside].sum())


def covariance(
    points: MassPoints, kind: str, influences: Sequence[Influence], combination: FloatArray
) -> FloatArray:
    """Return the covariance of numbers made of one combination of variables, shape ``(m, m)``.

    Parameters
    ----------
    points
        Moments at P points.
    kind
        ``nn``, ``hc1`` or ``cr1``. Two sides have something off the diagonal with ``cr1``, and
        with the others where a point is partly on both. The factor of ``cr1`` for a number is
        (n - 1) / (n - k) × G / (G - 1), as in rdrobust, with the root of the product of two
        numbers' factors off the diagonal: the matrix stays one of outer products.
    influences
        One for each number, m in all.
    combination
        Coefficients s of the variables, shape ``(q,)``: residuals are s'(v - fitted).

    Raises
    ------
    NeedsRows
        Where the points do not hold what the variance needs.
    """
    return _KINDS[kind](points, influences, combination)


def _row_wise(
    points: MassPoints,
    influences: Sequence[Influence],
    about: Sequence[FloatArray],
    scales: Sequence[FloatArray],
    combination: FloatArray,
) -> FloatArray:
    """Return sums over points of squared weights times products of two numbers' influences.

    Residuals are taken from ``about``, and points scaled by the root of the product of ``scales``.
    """
    if points.row_wise is None:
        raise NeedsRows("variances that treat weighted rows as independent need squared weights")
    squared = points.row_wise.squared
    inner = np.einsum("pjk,j,k->p", squared.scatter, combination, combination)
    away = [(squared.mean - one) @ combination for one in about]
    size = len(influences)
    matrix = np.zeros((size, size))
    for i in range(size):
        for j in range(i + 1):
            levels = influences[i].level * influences[j].level
            by_point = levels * (inner + squared.weight * (away[i] * away[j]))
            scale = scales[i] if i == j else np.sqrt(scales[i] * scales[j])
            matrix[i, j] = matrix[j, i] = float((by_point * scale).sum())
    return matrix


def _hc1(
    points: MassPoints, influences: Sequence[Influence], combination: FloatArray
) -> FloatArray:
    factors = []
    for one in influences:
        n = one.rows(points)
        factors.append(n / (n - one.k) if n > one.k else np.nan)
    ones = [np.ones(len(points.x))] * len(influences)
    matrix = _row_wise(points, influences, [one.fitted for one in influences], ones, combination)
    return _by_factor(matrix, factors)


def _by_factor(matrix: FloatArray, factors: Sequence[float]) -> FloatArray:
    """Return a matrix with a factor on the diagonal, roots of products of two off it."""
    root = np.sqrt(factors)
    found: FloatArray = matrix * np.outer(root, root)
    np.fill_diagonal(found, np.diag(matrix) * np.asarray(factors))
    return found


def _nn(points: MassPoints, influences: Sequence[Influence], combination: FloatArray) -> FloatArray:
    # Sets stay inside each number's window. A point partly on either side is its own set: the
    # means of its neighbours are those of one side alone.
    partial = points.shares[0] * points.shares[1] > 0
    found = [_sets(points, one.inside & ~partial) for one in influences]
    alone = [_sets(points, partial & (points.x == x)) for x in points.x[partial]]
    means, scales = [], []
    for own, one in zip(found, influences, strict=True):
        mean, scale = own
        for other_mean, other_scale in (*found, *alone):
            lacks = (scale == 0) & (one.level != 0)
            mean = np.where(lacks[:, None], other_mean, mean)
            scale = np.where(lacks, other_scale, scale)
        means.append(mean)
        scales.append(scale)
    return _row_wise(points, influences, means, scales, combination)


def _sets(points: MassPoints, inside: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Return means of the sets of neighbours, and what their size makes of squared distances.

    With m rows in the set, the residual about the m - 1 others is m / (m - 1) that about all.
    """
    mean, size = neighbours(points, inside)
    scale = np.zeros(len(points.x))
    there = size > 0
    scale[there] = size[there] / (size[there] - 1)
    return mean, scale


def groups_inside(points: MassPoints, inside: BoolArray) -> int:
    """Return the number of clusters with rows at some points of one side, neighbours all.

    Parameters
    ----------
    points
        Moments at P points, with clusters or units.
    inside
        Shape ``(P,)``.

    Raises
    ------
    NeedsRows
        Where the points do not know, as pair cells for points with a gap between them.
    """
    units = points.units
    if units is not None:
        place = units.place[inside]
        if place[-1] - place[0] + 1 != len(place):
            raise NeedsRows("pair cells do not count the units of points that are not neighbours")
        run = units.successive[place[0] : place[-1] + 1, place[0] : place[-1] + 1]
        return int(2 * np.trace(run) - run.sum())
    cells = _cells(points)
    met = np.zeros(int(cells.cluster.max()) + 1, dtype=bool)
    met[cells.cluster[inside[cells.point]]] = True
    return int(met.sum())


def _cells(points: MassPoints) -> ByCluster:
    if points.clusters is None:
        raise NeedsRows("the cells do not part the clusters of this variance")
    return points.clusters


def _by_cluster(
    points: MassPoints, influences: Sequence[Influence], combination: FloatArray
) -> FloatArray:
    cells = _cells(points)
    groups = int(cells.cluster.max()) + 1
    value = cells.mean @ combination
    sums = []
    for one in influences:
        there = np.flatnonzero(one.level[cells.point])
        point = cells.point[there]
        residual = value[there] - (one.fitted @ combination)[point]
        score = one.level[point] * cells.weight[there] * residual
        sums.append(np.bincount(cells.cluster[there], score, groups))
    scores: FloatArray = np.array(sums, dtype=np.float64)
    meat: FloatArray = scores @ scores.T
    return meat


def _by_unit(
    points: MassPoints, influences: Sequence[Influence], combination: FloatArray
) -> FloatArray:
    if points.units is None:
        return _by_cluster(points, influences, combination)
    loading = np.concatenate([[0.0], combination])
    weights = np.array([loading[:, None] * one.level for one in influences])
    weights[:, 0] = [-one.level * (one.fitted @ combination) for one in influences]
    return pair_covariance(points.units.products, weights)


def _cr1(
    points: MassPoints, influences: Sequence[Influence], combination: FloatArray
) -> FloatArray:
    meat = _by_unit(points, influences, combination)
    factors = []
    for one in influences:
        n, groups = one.rows(points), groups_inside(points, one.inside)
        usable = n > one.k and groups > 1
        factors.append((n - 1) / (n - one.k) * groups / (groups - 1) if usable else np.nan)
    root = np.sqrt(factors)
    matrix: FloatArray = meat * np.outer(root, root)
    return matrix


_KINDS: dict[str, Callable[[MassPoints, Sequence[Influence], FloatArray], FloatArray]] = {
    "hc1": _hc1,
    "nn": _nn,
    "cr1": _cr1,
}
