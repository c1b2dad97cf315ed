"""Averages of imputed effects: values, influence of every cluster, and values without each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from evaluation.data.model_data import FloatArray, IntArray
from evaluation.errors import DataError
from evaluation.estimators._untreated import NULL, UNIDENTIFIED, Untreated


@dataclass(frozen=True)
class Imputed:
    """Averages of effects, T in all, over rows of effects.

    Attributes
    ----------
    fitted
        The outcome without treatment.
    member
        Weight of every entry in every average, not yet divided, shape ``(n, T)``.
    whole
        Sum of those, shape ``(T,)``.
    values
        Shape ``(T,)``.
    """

    fitted: Untreated
    member: sparse.csr_array
    whole: FloatArray
    values: FloatArray


def imputed(
    fitted: Untreated, weight: FloatArray, codes: IntArray, parts: tuple[IntArray, ...]
) -> Imputed:
    """Average imputed effects.

    Parameters
    ----------
    fitted
        The outcome without treatment.
    weight
        Shape ``(n,)``.
    codes
        Effect of every entry, -1 for none, shape ``(n,)``.
    parts
        Positions of the effects in every average.
    """
    count = int(codes.max()) + 1
    rows = np.concatenate(list(parts))
    columns = np.repeat(np.arange(len(parts)), [len(one) for one in parts])
    among = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(count, len(parts)))
    has = np.flatnonzero(codes >= 0)
    own = sparse.csr_array((weight[has], (has, codes[has])), shape=(len(codes), count))
    member = sparse.csr_array(own @ among)
    whole = np.asarray(member.sum(axis=0), dtype=np.float64)
    values: FloatArray = (member.T @ fitted.gap) / whole
    return Imputed(fitted, member, whole, values)


def influence_of(
    made: Imputed, block: IntArray, codes: IntArray, weight: FloatArray, spread: bool
) -> FloatArray:
    """Return what every cluster adds to the averages, shape ``(G, T)``.

    Parameters
    ----------
    made
        The averages.
    block
        Codes of clusters, shape ``(n,)``.
    codes, weight
        As for :func:`imputed`.
    spread
        Whether effects vary about the average that they enter, so that shares vary too; else about
        the mean of their own cohort and period.
    """
    fitted, member = made.fitted, made.member / made.whole
    blocks, n = int(block.max()) + 1, len(block)
    cluster = sparse.csr_array((np.ones(n), (np.arange(n), block)), shape=(n, blocks))
    if spread:
        own = cluster.T @ (sparse.diags_array(fitted.gap) @ member)
        own = own.toarray() - (cluster.T @ member).toarray() * made.values
    else:
        has = codes >= 0
        mass = np.bincount(codes[has], weight[has])
        mean = np.bincount(codes[has], (weight * fitted.gap)[has]) / mass
        rest = np.where(has, fitted.gap - mean[codes], 0.0)
        own = (cluster.T @ (sparse.diags_array(rest) @ member)).toarray()
    score = sparse.diags_array(fitted.weight * fitted.gap) @ cluster
    by_level = sparse.csr_array(score.T @ fitted.columns.levels)
    scores = (score.T @ fitted.columns.other).toarray() - by_level @ fitted.mean
    inside = fitted.columns.inside
    if inside is not None and inside.names:
        sums = _inside_by(made, block)
        at, gamma = inside.positions, fitted.gamma[inside.positions]
        scores[:, at] += sums[:, :-1, -1] - np.einsum("gij,j->gi", sums[:, :-1, :-1], gamma)
    direction = fitted.inverse @ fitted.reduced(sparse.csr_array(member)).T
    safe = np.where(fitted.mass > 0, fitted.mass, 1.0)
    per_level = sparse.diags_array(1.0 / safe) @ (fitted.columns.levels.T @ member)
    found: FloatArray = own - (by_level @ per_level).toarray() - scores @ direction
    return found


def _inside_by(made: Imputed, block: IntArray) -> FloatArray:
    """Return cross-products inside untreated cells by cluster, shape ``(G, r + 1, r + 1)``."""
    inside, untreated = made.fitted.columns.inside, made.fitted.weight > 0
    if inside is None:
        raise TypeError("cross-products inside cells are those of cells")
    side, blocks = len(inside.names) + 1, int(block.max()) + 1
    flat = inside.scatter.reshape(len(block), side * side) * untreated[:, None]
    sums = [np.bincount(block, column, blocks) for column in flat.T]
    return np.column_stack(sums).astype(np.float64).reshape(blocks, side, side)


def without_each(made: Imputed, block: IntArray, outcome: str) -> FloatArray:
    """Return every average without each cluster in turn, shape ``(G, T)``.

    The swept effect must be nested in the clusters: a cluster then takes its own share of S and of
    the averages with it, and leaves the others as they are.

    Parameters
    ----------
    made
        The averages.
    block
        Codes of clusters, shape ``(n,)``.
    outcome
        For messages.

    Raises
    ------
    DataError
        Where an average does not exist without some cluster.
    """
    fitted = made.fitted
    order = np.argsort(block, kind="stable")
    edges = np.searchsorted(block[order], np.arange(int(block.max()) + 2))
    # Effects move with gamma alone: less the full fit, nothing large is subtracted.
    total = fitted.reduced(made.member)
    sums = np.asarray(made.member.T @ fitted.gap, dtype=np.float64)
    found = np.empty((len(edges) - 1, len(made.values)))
    for g in range(len(edges) - 1):
        rows = order[edges[g] : edges[g + 1]]
        normal, score, own_total, own_sums, own_whole = _of_cluster(made, rows)
        left = made.whole - own_whole
        gone = left <= 1e-9 * made.whole
        rest = total - own_total
        rest[gone] = 0.0
        moved, lost = _solution(fitted.normal - normal, -score, rest)
        if gone.any() or lost:
            raise DataError(
                f"outcome {outcome}: variance cr3: without one of the clusters an effect is not "
                "identified, since its cohort or its controls live in that cluster alone: set "
                "variance = 'cr1', or make cohorts coarser with panel.period"
            )
        found[g] = (sums - own_sums - rest @ moved) / left
    return found


def _of_cluster(
    made: Imputed, rows: IntArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return a cluster's share of S, of its score, and of the averages: Z, sum and weight."""
    fitted = made.fitted
    weight, levels = fitted.weight[rows], fitted.columns.levels[rows]
    other, member = fitted.columns.other[rows], made.member[rows]
    used = np.unique(levels.indices)
    mean, mass = fitted.mean[used], fitted.mass[used]
    weighted = sparse.diags_array(weight) @ other
    normal = (other.T @ weighted).toarray() - mean.T @ (mean * mass[:, None])
    left = weight * fitted.gap[rows]
    score = other.T @ left - mean.T @ (levels[:, used].T @ left)
    inside = fitted.columns.inside
    if inside is not None and inside.names:
        sums = inside.scatter[rows[weight > 0]].sum(axis=0)
        at = inside.positions
        normal[at[:, None], at[None, :]] += sums[:-1, :-1]
        score[at] += sums[:-1, -1] - sums[:-1, :-1] @ fitted.gamma[at]
    total = (member.T @ other).toarray() - (member.T @ levels[:, used]) @ mean
    sums_of = np.asarray(member.T @ fitted.gap[rows], dtype=np.float64)
    whole = np.asarray(member.sum(axis=0), dtype=np.float64)
    return normal, score, total, sums_of, whole


def _solution(normal: FloatArray, score: FloatArray, wanted: FloatArray) -> tuple[FloatArray, bool]:
    """Return the solution of least norm, and whether what is wanted of it is not identified.

    Parameters
    ----------
    normal, score
        Normal equations, shapes ``(K, K)`` and ``(K,)``.
    wanted
        Combinations of the solution that are used, shape ``(T, K)``.
    """
    size = np.diag(normal)
    unit = 1.0 / np.sqrt(np.where(size > 0, size, 1.0))
    values, vectors = np.linalg.eigh(normal * np.outer(unit, unit))
    kept = values > NULL * max(float(values.max(initial=0.0)), np.finfo(float).tiny)
    used = vectors[:, kept] * unit[:, None]
    scaled = wanted * unit
    size = np.linalg.norm(scaled, axis=1).max(initial=0.0)
    lost = np.abs(scaled @ vectors[:, ~kept]).max(initial=0.0) > UNIDENTIFIED * size
    solution: FloatArray = (used / values[kept]) @ (used.T @ score)
    return solution, bool(lost)
