"""Columns by cluster with slopes absorbed, for the jackknife.

Slopes by an effect that lies inside the clusters are projected out level by level, which leaves
every other cluster as it is; slopes by other effects are carried as columns. Projecting on effects
and slopes is projecting on the effects, then on each slope's column made orthogonal to the effects
and to the slopes before it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from evaluation.cells.grams import CHUNK, Regressors
from evaluation.data.model_data import FloatArray, IntArray
from evaluation.estimators._problem import Problem
from evaluation.estimators._slopes import Slope
from evaluation.inference.small_sample import is_nested

# Share of a column's variation in a level that is more than rounding.
VARIES = 1e-10


@dataclass(frozen=True)
class Absorbed:
    """One slope that is projected out inside clusters.

    Attributes
    ----------
    level
        Codes of its levels, each inside one cluster, shape ``(n,)``.
    basis
        Its column, orthogonal to the effect swept out and to the slopes before it, ``(n,)``.
    explained
        Coefficient of every regressor on it by level, shape ``(levels, K)``.
    """

    level: IntArray
    basis: FloatArray
    explained: FloatArray


@dataclass(frozen=True)
class SlopedRegressors(Regressors):
    """Regressors with carried slopes, less what absorbed slopes explain.

    Attributes
    ----------
    values
        For each indicator block what stands in place of 1, ``None`` for 1.
    absorbed
        Slopes that are projected out.
    squares
        Weighted sum of squares of every column as it was, shape ``(K,)``.
    """

    values: tuple[FloatArray | None, ...] = ()
    absorbed: tuple[Absorbed, ...] = ()
    squares: FloatArray = field(default_factory=lambda: np.zeros(0))

    @property
    def disjoint(self) -> bool:
        """Never: what is taken out of indicators mixes them."""
        return False

    @property
    def plain(self) -> bool:
        """Never: its columns are those that ``dense`` makes."""
        return False

    def dense(self, rows: IntArray) -> FloatArray:
        """Return the columns of some rows, shape ``(len(rows), K)``."""
        block = self.whole(rows)
        for one in self.absorbed:
            block -= one.basis[rows, None] * one.explained[one.level[rows]]
        return block

    def whole(self, rows: IntArray) -> FloatArray:
        """Return the columns of some rows with nothing absorbed, shape ``(len(rows), K)``."""
        block = super().dense(rows)
        offset = 0
        for levels, values in zip(self.levels, self.values, strict=True):
            if values is not None:
                block[:, offset : offset + levels] *= values[rows, None]
            offset += levels
        return block


def sloped(regressors: Regressors, problem: Problem, swept: IntArray | None) -> SlopedRegressors:
    """Return the columns of a regression with slopes.

    Parameters
    ----------
    regressors
        Its columns without them.
    problem
        The regression, with one cluster.
    swept
        Codes of the effect taken out within clusters, or ``None``.
    """
    carried, inside = _parted(problem, swept)
    made = SlopedRegressors(
        regressors.numeric,
        (*regressors.dummies, *(one.codes for one in carried)),
        (*regressors.levels, *(one.count for one in carried)),
        (*(None for _ in regressors.dummies), *(one.values for one in carried)),
    )
    absorbed = tuple(
        Absorbed(level, basis, _explained(made, basis, level, problem.weight))
        for level, basis in _orthogonal(inside, swept, problem.weight)
    )
    squares = _squares(made, problem.weight)
    return SlopedRegressors(made.numeric, made.dummies, made.levels, made.values, absorbed, squares)


def sloped_scores(
    regressors: Regressors,
    y: FloatArray,
    weight: FloatArray,
    cluster: IntArray,
    swept: IntArray | None = None,
) -> FloatArray:
    """Return r_g of every cluster, shape ``(G, K)``, as ``cells.grams.cluster_scores``."""
    found = np.zeros((int(cluster.max()) + 1, regressors.width))
    if swept is not None:
        y = y - (np.bincount(swept, weight * y) / np.bincount(swept, weight))[swept]
    order = np.argsort(cluster, kind="stable")
    for start in range(0, len(order), CHUNK):
        rows = order[start : start + CHUNK]
        own = cluster[rows]
        edges = np.flatnonzero(np.diff(own, prepend=-1))
        # What is absorbed is gone from the columns, so none of y along it is left in the products.
        parts = regressors.dense(rows) * (weight[rows] * y[rows])[:, None]
        found[own[edges]] += np.add.reduceat(parts, edges, axis=0)
    return found


def _parted(problem: Problem, swept: IntArray | None) -> tuple[list[Slope], list[Slope]]:
    """Return the slopes that are carried and those absorbed inside clusters.

    Those are by the effect swept out or by ever coarser ones, so that each projection keeps to the
    levels of the next.
    """
    carried, inside = [], []
    finer = swept
    for one in sorted(problem.slopes, key=lambda slope: -slope.count):
        nested = is_nested(one.codes, problem.clusters[0])
        if finer is not None and nested and is_nested(finer, one.codes):
            inside.append(one)
            finer = one.codes
        else:
            carried.append(one)
    return carried, inside


def _orthogonal(
    slopes: list[Slope], swept: IntArray | None, weight: FloatArray
) -> list[tuple[IntArray, FloatArray]]:
    """Return levels and column of absorbed slopes, each orthogonal to all that is before it."""
    found: list[tuple[IntArray, FloatArray]] = []
    if swept is None:
        return found
    mass = np.bincount(swept, weight)
    for one in slopes:
        rest = one.values
        for _ in range(2):
            rest = rest - (np.bincount(swept, weight * rest) / mass)[swept]
            for level, before in found:
                rest = rest - before * _on(rest, before, level, weight)[level]
        left = np.bincount(one.codes, weight * rest**2)
        whole = np.bincount(one.codes, weight * one.values**2)
        found.append((one.codes, np.where((left > VARIES * whole)[one.codes], rest, 0.0)))
    return found


def _on(values: FloatArray, column: FloatArray, level: IntArray, weight: FloatArray) -> FloatArray:
    """Return the coefficient of values on a column in every level, 0 where it is zero."""
    size = np.bincount(level, weight * column**2)
    product = np.bincount(level, weight * column * values)
    found: FloatArray = product / np.where(size > 0, size, 1.0)
    return found


def _explained(
    made: SlopedRegressors, basis: FloatArray, level: IntArray, weight: FloatArray
) -> FloatArray:
    """Return the coefficient of every column on an absorbed one by level, ``(levels, K)``."""
    products = np.zeros((int(level.max()) + 1, made.width))
    order = np.argsort(level, kind="stable")
    for start in range(0, len(order), CHUNK):
        rows = order[start : start + CHUNK]
        own = level[rows]
        edges = np.flatnonzero(np.diff(own, prepend=-1))
        parts = made.whole(rows) * (weight[rows] * basis[rows])[:, None]
        products[own[edges]] += np.add.reduceat(parts, edges, axis=0)
    size = np.bincount(level, weight * basis**2)
    found: FloatArray = products / np.where(size > 0, size, 1.0)[:, None]
    return found


def _squares(made: SlopedRegressors, weight: FloatArray) -> FloatArray:
    """Return every column's weighted sum of squares, shape ``(K,)``."""
    found = np.zeros(made.width)
    for start in range(0, len(weight), CHUNK):
        rows = np.arange(start, min(start + CHUNK, len(weight)))
        block = made.whole(rows)
        found += np.einsum("ij,ij,i->j", block, block, weight[rows])
    return found
