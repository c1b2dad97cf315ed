"""Covariance by clusters that cells are made of, and by those that a second pass sums."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from evaluation.cells.needs_rows import NeedsRows
from evaluation.data.model_data import FloatArray, IntArray
from evaluation.data.moments import Meat, ScoreParts, SecondPass
from evaluation.estimators._scores import Scores
from evaluation.inference import sandwich
from evaluation.inference.cluster_facts import effective_clusters, largest_share

# Bytes of regressors that may be turned into influences before they are summed.
LARGEST_TURNED = 64_000_000


@dataclass(frozen=True)
class Clusters:
    """One or two clusters of a regression.

    Attributes
    ----------
    names
        All of them, in the order of the spec.
    codes
        Codes of those that entries are made of, in order, each of shape ``(n,)``.
    far
        The names that entries are not made of.
    rows
        Rows of each value of the first of ``codes``.
    second_pass
        One more pass over the rows, which ``far`` needs.
    """

    names: tuple[str, ...]
    codes: tuple[IntArray, ...]
    far: tuple[str, ...] = ()
    rows: FloatArray | None = None
    second_pass: SecondPass | None = None


@dataclass(frozen=True)
class Clustered:
    """What clusters make of a regression.

    Attributes
    ----------
    meat
        Sum of outer products of influences, shape ``(m, m)``; two ways by V_a + V_b - V_ab.
    counts
        Number of clusters by name.
    effective, largest
        Of the first cluster: effective number, and largest share of rows.
    largest_far
        Largest share of rows in one cluster of a second pass, 0 without.
    influence
        What each cluster adds, shape ``(G, m)``, where there is one that entries are made of.
    """

    meat: FloatArray
    counts: dict[str, int]
    effective: float
    largest: float
    largest_far: float = 0.0
    influence: FloatArray | None = None

    @property
    def smallest(self) -> int:
        """The smaller number of clusters."""
        return min(self.counts.values())


def clustered(scores: Scores, direction: FloatArray, clusters: Clusters) -> Clustered:
    """Return the covariance of some coefficients but for its small-sample factor.

    Parameters
    ----------
    scores
        The solved regression.
    direction
        (X'WX)^-1 for those coefficients, shape ``(p, m)``.
    clusters
        One or two.

    Raises
    ------
    NeedsRows
        Where a second pass is needed and there is none.
    """
    near = tuple(name for name in clusters.names if name not in clusters.far)
    if not clusters.far:
        codes = dict(zip(near, clusters.codes, strict=True))
        counts = {name: int(codes[name].max()) + 1 for name in near}
        sizes = _sizes(clusters)
        facts = (effective_clusters(sizes), largest_share(sizes))
        if len(clusters.codes) > 1:
            meat = sandwich.cr1(direction, scores.summed(), clusters.codes, 1.0)
            return Clustered(meat, counts, *facts)
        sums = scores.summed_by(clusters.codes[0])
        meat = direction.T @ (sums.T @ sums) @ direction
        return Clustered(meat, counts, *facts, influence=sums @ direction)
    second, (parts, turn) = clusters.second_pass, _parts(scores, direction)
    if second is None:
        raise NeedsRows(f"no cell is made of cluster {clusters.far[0]}")
    found: dict[str, Meat] = {name: second.meat((name,), parts) for name in clusters.far}
    counts = {name: found[name].clusters for name in clusters.far}
    meat = turn.T @ np.sum([one.matrix for one in found.values()], axis=0) @ turn
    for name, own in zip(near, clusters.codes, strict=True):
        meat = meat + sandwich.cr1(direction, scores.summed(), (own,), 1.0)
        counts[name] = int(own.max()) + 1
    for pair in combinations(clusters.names, 2):
        meat = meat - turn.T @ second.meat(pair, parts).matrix @ turn
    first, widest = clusters.names[0], max(one.largest for one in found.values())
    if first in found:
        return Clustered(meat, counts, found[first].effective, found[first].largest, widest)
    sizes = _sizes(clusters)
    return Clustered(meat, counts, effective_clusters(sizes), largest_share(sizes), widest)


def _parts(scores: Scores, direction: FloatArray) -> tuple[ScoreParts, FloatArray]:
    """Return what a second pass takes, and what turns its influences into those wanted.

    Scores of large regressors are summed as they are, so that nothing as large is made of them.
    """
    varies = scores.inside is not None and bool(scores.inside.names)
    if varies or scores.x.nbytes <= LARGEST_TURNED:
        return scores.parts(direction), np.eye(direction.shape[1])
    fitted, none = scores.y - scores.residual, np.zeros(0)
    return ScoreParts((), fitted, none, scores.x, np.zeros((0, scores.x.shape[1]))), direction


def row_meat(
    scores: Scores, direction: FloatArray, second_pass: SecondPass | None, beyond: bool
) -> FloatArray:
    """Return the sum over rows of outer products of influences, shape ``(m, m)``.

    Parameters
    ----------
    scores
        The solved regression.
    direction
        (X'WX)^-1 for those coefficients, shape ``(p, m)``.
    second_pass
        One more pass over the rows, which cells need where a regressor varies inside them.
    beyond
        Whether cells need it anyhow: weights differ inside them, or units of one type have effects
        of their own.

    Raises
    ------
    NeedsRows
        Where it needs one, and there is none.
    """
    by_row = None if beyond and scores.inside is not None else scores.by_row()
    if by_row is not None:
        return sandwich.hc1(direction, by_row, 1.0)
    if second_pass is None:
        raise NeedsRows("a variance by row is wanted where controls or weights vary inside cells")
    return second_pass.meat((), scores.parts(direction)).matrix


def residual_squares(scores: Scores, second_pass: SecondPass | None) -> float:
    """Return the sum of squared residuals of rows whose units have effects of their own.

    Cells of unit types hold the effect of the type; the second pass takes out the unit's.

    Raises
    ------
    NeedsRows
        Where there is no second pass.
    """
    if second_pass is None:
        raise NeedsRows("residuals of single rows are wanted where units have effects")
    parts = scores.parts(np.zeros((scores.x.shape[1], 1)))
    one = replace(parts, level=np.ones((len(scores.y), 1)))
    return float(second_pass.meat((), one).matrix[0, 0])


def _sizes(clusters: Clusters) -> FloatArray:
    if clusters.rows is not None:
        return clusters.rows
    return np.bincount(clusters.codes[0]).astype(np.float64)
