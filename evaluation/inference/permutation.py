"""Permutation of a cluster-level adoption, from cells of cluster and period.

Every permuted treatment is projected again on cluster effects, period effects and controls. With
d the treatment less its cluster mean, a = Σ_g Z_g'Wd_g its products with the columns Z (period
indicators, controls), π = (Z'WZ)^-1 a and e the outcome's residual from Z and cluster effects:

    b = d'We / (d'Wd - a'π),  s_g = (d_g - Z_gπ)'W(e_g - b(d_g - Z_gπ)),  t = b / se,

se the square root of factor × Σ s_g² / (d'Wd - a'π)². All that depends on the permutation is which
path a cluster follows: products of every cluster with every path are made once, and a permutation
is a sum of G rows of a table. A p-value is (1 + #) / (1 + R). Sources: Bertrand, Duflo and
Mullainathan (2004), Quarterly Journal of Economics 119(1), section IV.B; MacKinnon and Webb (2020),
Journal of Econometrics 218(2), for the studentised statistic; Davison and Hinkley (1997),
Bootstrap Methods and their Application, equation 4.11.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from evaluation.cells.assignment import Assignment
from evaluation.cells.threads import one_blas_thread
from evaluation.data.model_data import FloatArray, IntArray
from evaluation.errors import DataError
from evaluation.inference._paths import PathTable, path_table

# Rows of the table that are gathered at a time: a million doubles stay near the processor.
BATCH_DOUBLES = 1_000_000
# Statistics this close are ties: the assignment itself is among its permutations.
TIE = 1e-9


@dataclass(frozen=True)
class Permutations:
    """The statistics of an assignment and of its permutations.

    Attributes
    ----------
    estimate, t
        Under the assignment as it is; t with the ``cr1`` error, ``nan`` where it was not asked for.
    estimates, ts
        Under every permutation, shape ``(R,)``; ``nan`` where a permutation leaves no variation.
    p_coefficient, p_studentised
        Two-sided: permutations whose |b|, or |t|, is at least as large. One without a value counts
        as larger. ``None`` where t was not asked for.
    """

    estimate: float
    t: float
    estimates: FloatArray
    ts: FloatArray
    p_coefficient: float
    p_studentised: float | None


def permute(
    assignment: Assignment,
    draws: int,
    generator: np.random.Generator,
    *,
    strata: IntArray | None = None,
    studentised: bool = True,
) -> Permutations:
    """Permute which cluster follows which path of treatment.

    Parameters
    ----------
    assignment
        The cells, G clusters.
    draws
        R.
    generator
        Source of the permutations.
    strata
        Codes inside which paths are permuted, shape ``(G,)``; a negative code holds a cluster
        where it is. ``None`` permutes all.
    studentised
        Whether t is computed too; without it a permutation costs a fraction.

    Raises
    ------
    DataError
        Where the cells leave the treatment no variation, or paths and clusters are too many.
    """
    groups = np.zeros(len(assignment.kind), dtype=np.int64) if strata is None else strata
    with one_blas_thread():
        table = path_table(assignment)
        own = statistics_of(table, assignment.kind[None, :], studentised)
        if not np.isfinite(own[0][0]):
            raise DataError(
                "permutation: cluster and period effects and controls leave the treatment no "
                "variation: it must differ between clusters in some period"
            )
        found = [
            statistics_of(table, kinds, studentised)
            for kinds in _permuted(assignment.kind, groups, draws, generator, table)
        ]
    estimates = np.concatenate([one[0] for one in found])
    ts = np.concatenate([one[1] for one in found])
    return Permutations(
        float(own[0][0]),
        float(own[1][0]),
        estimates,
        ts,
        _p_value(estimates, float(own[0][0])),
        _p_value(ts, float(own[1][0])) if studentised else None,
    )


def _p_value(values: FloatArray, own: float) -> float:
    smaller = np.abs(values) < (1.0 - TIE) * abs(own)
    return float((1 + np.sum(~smaller)) / (1 + len(values)))


def _permuted(
    kind: IntArray,
    groups: IntArray,
    draws: int,
    generator: np.random.Generator,
    table: PathTable,
) -> Iterator[IntArray]:
    """Yield batches of permuted paths, each of shape ``(batch, G)``."""
    size = max(BATCH_DOUBLES // (len(kind) * table.width), 1)
    members = [np.flatnonzero(groups == one) for one in np.unique(groups[groups >= 0])]
    for start in range(0, draws, size):
        kinds = np.tile(kind, (min(size, draws - start), 1))
        for own in members:
            kinds[:, own] = generator.permuted(kinds[:, own], axis=1)
        yield kinds


def statistics_of(
    table: PathTable, kinds: IntArray, studentised: bool
) -> tuple[FloatArray, FloatArray]:
    """Return b and t of a batch of assignments, each of shape ``(batch,)``.

    Parameters
    ----------
    table
        Products of every cluster with every path.
    kinds
        The path of every cluster, shape ``(batch, G)``.
    studentised
        Whether t is computed; ``nan`` without. b is ``nan`` where an assignment has no variation.
    """
    clusters = np.arange(kinds.shape[1])
    rows = np.take(table.products, clusters * table.kinds + kinds, axis=0)
    a = rows.sum(axis=1)
    pi = a @ table.inverse
    squares = table.squares[clusters, kinds]
    total = squares.sum(axis=1)
    left = total - np.einsum("rz,rz->r", a, pi)
    left = np.where(left > table.tolerance * total, left, np.nan)
    covered = table.covered[clusters, kinds]
    estimate = covered.sum(axis=1) / left
    if not studentised:
        return estimate, np.full(len(estimate), np.nan)
    crossed = np.matmul(rows, pi[:, :, None])[:, :, 0]
    # Σ over the cluster of (d - Zπ)², and of (d - Zπ)e.
    own = squares - 2.0 * crossed + table.quadratic(pi)
    scores = covered - pi @ table.scores.T - estimate[:, None] * own
    spread = np.einsum("rg,rg->r", scores, scores)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = estimate * left / np.sqrt(table.factor * spread)
    return estimate, t
