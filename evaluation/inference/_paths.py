"""Products of every cluster with every path of treatment, made once for all permutations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.cells.assignment import Assignment
from evaluation.data.model_data import FloatArray
from evaluation.errors import DataError

# The table of products: 40 million doubles are 320 MB.
LARGEST = 40_000_000
# Directions of scaled columns below this share of the largest carry no information.
NULL = 1e-10
# Share of a treatment's variation that must be left after its projection.
TOLERANCE = 1e-9


@dataclass(frozen=True)
class PathTable:
    """What the statistics of an assignment are sums of.

    G clusters, C kinds of path, z columns: an indicator of every period, then the controls.

    Attributes
    ----------
    products
        Z_g'Wd of cluster g under path c in row g × C + c, shape ``(G × C, z)``.
    squares, covered
        d'Wd and d'We, shape ``(G, C)``.
    scores
        Z_g'We, shape ``(G, z)``.
    inverse
        Pseudo-inverse of Z'WZ, shape ``(z, z)``.
    weight
        Shape ``(G, T)``.
    beside
        Products of period indicators with controls by cluster, shape ``(G, T, q)``.
    within
        Products of controls by cluster, shape ``(G, q, q)``.
    factor
        Small-sample factor of ``cr1``.
    """

    products: FloatArray
    squares: FloatArray
    covered: FloatArray
    scores: FloatArray
    inverse: FloatArray
    weight: FloatArray
    beside: FloatArray
    within: FloatArray
    factor: float
    tolerance: float = TOLERANCE

    @property
    def kinds(self) -> int:
        """C, the number of kinds of path."""
        return int(self.squares.shape[1])

    @property
    def width(self) -> int:
        """Number of columns z."""
        return int(self.products.shape[1])

    def quadratic(self, pi: FloatArray) -> FloatArray:
        """Return π'Z_g'WZ_gπ of every cluster for every π.

        Parameters
        ----------
        pi
            Shape ``(batch, z)``; the result has shape ``(batch, G)``.
        """
        periods = self.weight.shape[1]
        time, rest = pi[:, :periods], pi[:, periods:]
        found = (time**2) @ self.weight.T
        found -= (time @ self.weight.T) ** 2 / self.weight.sum(axis=1)
        if rest.shape[1]:
            mixed = np.einsum("gtk,rt->rgk", self.beside, time, optimize=True)
            found += 2.0 * np.einsum("rgk,rk->rg", mixed, rest)
            found += np.einsum("gkl,rk,rl->rg", self.within, rest, rest, optimize=True)
        return found


def path_table(assignment: Assignment) -> PathTable:
    """Return the products of every cluster with every path.

    Parameters
    ----------
    assignment
        The cells.

    Raises
    ------
    DataError
        Where the table would be too large.
    """
    weight, paths = assignment.weight, assignment.paths
    groups, periods = weight.shape
    q = assignment.controls.shape[2]
    if groups * len(paths) * (periods + q) > LARGEST:
        raise DataError(
            f"permutation: {groups} clusters × {len(paths)} paths × {periods} periods are too "
            "many: make periods coarser with panel.period, or name coarser clusters"
        )
    mass = weight.sum(axis=1)
    y = _demeaned(assignment.y[:, :, None], weight)[:, :, 0]
    x = _demeaned(assignment.controls, weight)
    d = paths[None] - ((weight @ paths.T) / mass[:, None])[:, :, None]
    weighted = weight[:, None, :] * d
    beside = weight[:, :, None] * x
    within = np.einsum("gtk,gtl->gkl", beside, x) + assignment.scatter[:, :q, :q]
    gram = np.zeros((periods + q, periods + q))
    gram[:periods, :periods] = np.diag(weight.sum(axis=0)) - weight.T @ (weight / mass[:, None])
    gram[:periods, periods:] = beside.sum(axis=0)
    gram[periods:, :periods] = gram[:periods, periods:].T
    gram[periods:, periods:] = within.sum(axis=0)
    sides = np.concatenate(
        [weight * y, np.einsum("gtk,gt->gk", beside, y) + assignment.scatter[:, :q, q]], axis=1
    )
    inverse = _pseudo_inverse(gram)
    gamma = inverse @ sides.sum(axis=0)
    gamma = gamma + inverse @ (sides.sum(axis=0) - gram @ gamma)
    residual = y - x @ gamma[periods:] - gamma[:periods]
    residual = _demeaned(residual[:, :, None], weight)[:, :, 0]
    inside = assignment.scatter[:, :q, q] - assignment.scatter[:, :q, :q] @ gamma[periods:]
    scores = np.concatenate(
        [weight * residual, np.einsum("gtk,gt->gk", beside, residual) + inside], axis=1
    )
    products = np.concatenate([weighted, np.einsum("gct,gtk->gck", weighted, x)], axis=2)
    return PathTable(
        products=np.ascontiguousarray(products.reshape(groups * len(paths), periods + q)),
        squares=np.einsum("gct,gct->gc", weighted, d),
        covered=np.einsum("gct,gt->gc", weighted, residual),
        scores=scores,
        inverse=inverse,
        weight=weight,
        beside=beside,
        within=within,
        factor=assignment.factor,
    )


def _demeaned(values: FloatArray, weight: FloatArray) -> FloatArray:
    """Return values less their cluster mean, zero in empty cells, shape ``(G, T, q)``."""
    mean = np.einsum("gt,gtk->gk", weight, values) / weight.sum(axis=1)[:, None]
    found: FloatArray = np.where(weight[:, :, None] > 0, values - mean[:, None, :], 0.0)
    return found


def _pseudo_inverse(gram: FloatArray) -> FloatArray:
    """Return the pseudo-inverse of a Gram matrix, scaled so that units do not matter."""
    diagonal = np.diag(gram)
    unit = np.where(diagonal > 0, 1.0 / np.sqrt(np.where(diagonal > 0, diagonal, 1.0)), 0.0)
    values, vectors = np.linalg.eigh(gram * np.outer(unit, unit))
    kept = values > NULL * values.max(initial=0.0)
    used = vectors[:, kept]
    found: FloatArray = ((used / values[kept]) @ used.T) * np.outer(unit, unit)
    return found
