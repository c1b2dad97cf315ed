"""Gram matrices by cluster: the sufficient statistics of a clustered least-squares fit.

For cluster g and regressors Z, after each level of a swept effect is demeaned within itself:

    A_g = Z_g' W M Z_g,  r_g = Z_g' W M y_g,  M = I - S (S'WS)^-1 S'W.

The swept effect lies inside the cluster, so deleting a cluster leaves every other A_g as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from evaluation.data.model_data import FloatArray, IntArray

# Rows made dense at a time: 65,536 rows × 100 columns take 52 MB.
CHUNK = 65_536


@dataclass(frozen=True)
class Regressors:
    """Columns of a regression before they are made dense.

    Attributes
    ----------
    numeric
        Shape ``(n, p)``, centred by the caller.
    dummies
        For each indicator block, codes of shape ``(n,)``; a negative code is no indicator.
    levels
        Number of indicators in each block.
    """

    numeric: FloatArray
    dummies: tuple[IntArray, ...] = ()
    levels: tuple[int, ...] = ()

    @property
    def width(self) -> int:
        """Number of columns K: all indicators, then the numeric columns."""
        return sum(self.levels) + int(self.numeric.shape[1])

    @property
    def disjoint(self) -> bool:
        """Whether no row has two indicators, and none of them is anything but 0 or 1."""
        return len(self.levels) == 1

    @property
    def plain(self) -> bool:
        """Whether products follow from sums of the numeric columns and of one block at most."""
        return len(self.levels) <= 1

    def dense(self, rows: IntArray) -> FloatArray:
        """Return the columns of some rows, shape ``(len(rows), K)``."""
        block = np.zeros((len(rows), self.width))
        offset = 0
        for codes, levels in zip(self.dummies, self.levels, strict=True):
            code = codes[rows]
            has = np.flatnonzero(code >= 0)
            block[has, offset + code[has]] = 1.0
            offset += levels
        block[:, offset:] = self.numeric[rows]
        return block


@dataclass(frozen=True)
class Grams:
    """Cross-products by cluster.

    Attributes
    ----------
    gram
        A_g, shape ``(G, K, K)``.
    moment
        r_g, shape ``(G, K)``.
    """

    gram: FloatArray
    moment: FloatArray


def cluster_grams(
    regressors: Regressors,
    y: FloatArray,
    weight: FloatArray,
    cluster: IntArray,
    swept: IntArray | None = None,
) -> Grams:
    """Return the Gram matrices of every cluster.

    Parameters
    ----------
    regressors
        Columns, K in all.
    y, weight
        Shape ``(n,)``.
    cluster
        Codes 0..G-1, shape ``(n,)``.
    swept
        Codes of an effect nested in the cluster, shape ``(n,)``, or ``None``.
    """
    gram, _ = cluster_products(regressors, weight, cluster, swept)
    return Grams(gram, cluster_scores(regressors, y, weight, cluster, swept))


def cluster_products(
    regressors: Regressors, weight: FloatArray, cluster: IntArray, swept: IntArray | None = None
) -> tuple[FloatArray, FloatArray]:
    """Return A_g of every cluster and the columns' sums of squares, ``(G, K, K)`` and ``(K,)``.

    Memory grows with G × K² and with the levels of the swept effect in one cluster, never with
    rows × K.

    Parameters
    ----------
    regressors, weight, cluster, swept
        As for :func:`cluster_grams`.
    """
    width = regressors.width
    total = int(cluster.max()) + 1
    if regressors.plain and (swept is None or _same_groups(swept, cluster)):
        return _all_clusters(regressors, weight, cluster, total, swept=swept is not None)
    order = np.lexsort((cluster,) if swept is None else (swept, cluster))
    edges = np.searchsorted(cluster[order], np.arange(total + 1))
    gram = np.zeros((total, width, width))
    scale = np.zeros(width)
    for g in range(total):
        rows = order[edges[g] : edges[g + 1]]
        levels = None if swept is None else np.unique(swept[rows], return_inverse=True)[1]
        scale += _one_cluster(regressors, weight, rows, levels, gram[g])
    return gram, scale


def _same_groups(swept: IntArray, cluster: IntArray) -> bool:
    """Whether an effect nested in the clusters has one level in each of them."""
    return len(np.unique(swept)) == len(np.unique(cluster))


def _all_clusters(
    regressors: Regressors, weight: FloatArray, cluster: IntArray, total: int, *, swept: bool
) -> tuple[FloatArray, FloatArray]:
    """Return the products of every cluster at once: one block of indicators, one swept level each.

    Indicators are never made dense: their products are sums by cluster and indicator.
    """
    indicators, numeric = sum(regressors.levels), regressors.numeric
    gram = np.zeros((total, regressors.width, regressors.width))
    sums = np.zeros((total, regressors.width))
    if indicators:
        (codes,) = regressors.dummies
        place = cluster * indicators + np.maximum(codes, 0)
        own = np.where(codes >= 0, weight, 0.0)
        sums[:, :indicators] = _by_place(place, own, total, indicators)
        at = np.arange(indicators)
        gram[:, at, at] = sums[:, :indicators]
        across = _sums_by(place, own, numeric, total * indicators).reshape(total, indicators, -1)
        gram[:, :indicators, indicators:] = across
        gram[:, indicators:, :indicators] = across.transpose(0, 2, 1)
    sums[:, indicators:] = _sums_by(cluster, weight, numeric, total)
    held = np.bincount(cluster, weight, total)
    scale = np.zeros(regressors.width)
    order = np.argsort(cluster, kind="stable")
    edges = np.searchsorted(cluster[order], np.arange(total + 1))
    for g in range(total):
        rows = order[edges[g] : edges[g + 1]]
        part = numeric[rows]
        gram[g, indicators:, indicators:] = part.T @ (part * weight[rows, None])
        scale += np.diag(gram[g])
        if swept and held[g] > 0:
            gram[g] -= np.outer(sums[g], sums[g] / held[g])
    return gram, scale


def _by_place(place: IntArray, mass: FloatArray, total: int, levels: int) -> FloatArray:
    return np.bincount(place, mass, total * levels).reshape(total, levels).astype(np.float64)


def _sums_by(codes: IntArray, weight: FloatArray, values: FloatArray, size: int) -> FloatArray:
    """Return the weighted sums of columns by code, shape ``(size, p)``, in the order of rows."""
    where = sparse.csr_array((weight, codes, np.arange(len(codes) + 1)), shape=(len(codes), size))
    found: FloatArray = where.T @ values
    return found


def cluster_scores(
    regressors: Regressors,
    y: FloatArray,
    weight: FloatArray,
    cluster: IntArray,
    swept: IntArray | None = None,
) -> FloatArray:
    """Return r_g of every cluster, shape ``(G, K)``.

    Parameters
    ----------
    regressors, y, weight, cluster, swept
        As for :func:`cluster_grams`.
    """
    if swept is not None:
        # M is a projection: demeaning y alone is enough.
        y = y - (np.bincount(swept, weight * y) / np.bincount(swept, weight))[swept]
    mass, total = weight * y, int(cluster.max()) + 1
    blocks = []
    for codes, levels in zip(regressors.dummies, regressors.levels, strict=True):
        has = codes >= 0
        blocks.append(_by_place(cluster[has] * levels + codes[has], mass[has], total, levels))
    return np.column_stack([*blocks, _sums_by(cluster, mass, regressors.numeric, total)])


def _add_products(
    product: FloatArray, block: FloatArray, weighted: FloatArray, regressors: Regressors
) -> None:
    """Add Z'WZ of some rows; disjoint indicators have products with themselves alone."""
    if not regressors.disjoint:
        product += block.T @ weighted
        return
    indicators = sum(regressors.levels)
    product[range(indicators), range(indicators)] += weighted[:, :indicators].sum(axis=0)
    numeric = weighted[:, indicators:]
    across = block[:, :indicators].T @ numeric
    product[:indicators, indicators:] += across
    product[indicators:, :indicators] += across.T
    product[indicators:, indicators:] += block[:, indicators:].T @ numeric


def _one_cluster(
    regressors: Regressors,
    weight: FloatArray,
    rows: IntArray,
    levels: IntArray | None,
    product: FloatArray,
) -> FloatArray:
    """Add Z'WMZ of one cluster to ``product``; return its unswept diagonal."""
    width = regressors.width
    count = 0 if levels is None else int(levels.max()) + 1
    sums, mass = np.zeros((count, width)), np.zeros(count)
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        block = regressors.dense(part)
        weighted = block * weight[part, None]
        _add_products(product, block, weighted, regressors)
        if levels is None:
            continue
        level = levels[start : start + CHUNK]
        edges = np.flatnonzero(np.diff(level, prepend=-1))
        sums[level[edges]] += np.add.reduceat(weighted, edges, axis=0)
        mass[level[edges]] += np.add.reduceat(weight[part], edges)
    squares = np.diag(product).copy()
    if count:
        product -= sums.T @ (sums / mass[:, None])
    return squares
