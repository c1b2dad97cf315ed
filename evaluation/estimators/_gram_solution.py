"""A regression with one cluster as Gram matrices by cluster, solved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from evaluation.cells.cluster_moments import ClusterMoments
from evaluation.cells.grams import Grams, Regressors, cluster_products, cluster_scores
from evaluation.cells.rank import independent_columns
from evaluation.data.memo import remembered
from evaluation.data.model_data import FloatArray, IntArray
from evaluation.estimators._nesting import split_effects
from evaluation.estimators._problem import Problem, require_identified
from evaluation.estimators._sloped_grams import SlopedRegressors, sloped, sloped_scores
from evaluation.inference.jackknife import directions_without


@dataclass(frozen=True)
class GramProblem:
    """The columns of a regression by cluster, before their products are formed.

    Attributes
    ----------
    regressors
        Indicators of carried effects, nuisance columns, columns of interest; K in all.
    swept
        Codes of the effect taken out within clusters, or ``None``.
    indicators
        Number of indicators.
    largest
        Levels of the largest effect that is carried as indicators, 0 without.
    """

    regressors: Regressors
    swept: IntArray | None
    indicators: int
    largest: int


@dataclass(frozen=True)
class GramSolution:
    """A solved regression.

    Attributes
    ----------
    grams
        Cross-products by cluster of the columns that are kept.
    kept
        Their positions, shape ``(p,)``.
    beta, bread
        Coefficients and (Σ A_g)^-1 of those, shapes ``(p,)`` and ``(p, p)``.
    interest
        Positions of the coefficients of interest among those kept, shape ``(m,)``.
    leverages
        Each cluster's share of coefficients' partialled-out variation, shape ``(G, m)``.
    directions
        Rows of (Σ A - A_g)^-1 for the coefficients of interest, shape ``(G, m, p)``.
    """

    grams: Grams
    kept: IntArray
    beta: FloatArray
    bread: FloatArray
    interest: IntArray
    leverages: Callable[[], FloatArray]
    directions: Callable[[], FloatArray]

    def moments(self, labels: tuple[str, ...], factor: float) -> ClusterMoments:
        """Return the moments of the columns that are kept.

        Parameters
        ----------
        labels
            One for each coefficient of interest.
        factor
            Small-sample factor of ``cr1``.
        """
        return ClusterMoments(
            gram=self.grams.gram,
            moment=self.grams.moment,
            beta=self.beta,
            interest=self.interest,
            labels=labels,
            factor=factor,
        )


def gram_problem(problem: Problem) -> GramProblem:
    """Return the columns of a regression with one cluster."""
    return remembered(
        problem.memo,
        f"columns by cluster, effects {tuple(problem.effects)!r}, {len(problem.labels)}",
        (problem.clusters[0], *problem.ingredients()),
        lambda: _columns(problem),
    )


def _columns(problem: Problem) -> GramProblem:
    swept, carried = split_effects(problem)
    if not problem.effects:
        carried = [np.zeros(len(problem.y), dtype=np.int64)]
    levels = tuple(int(codes.max()) + 1 for codes in carried)
    regressors = Regressors(problem.columns(), tuple(carried), levels)
    if problem.slopes:
        regressors = sloped(regressors, problem, swept)
        levels = regressors.levels
    return GramProblem(regressors, swept, sum(levels), max(levels, default=0))


def solve_grams(problem: Problem, made: GramProblem) -> GramSolution:
    """Form the Gram matrices and solve.

    Raises
    ------
    DataError
        Where a coefficient is not identified.
    """
    outcome = problem.y - np.average(problem.y, weights=problem.weight)
    within = problem.inside()
    cluster = problem.clusters[0]
    sums = np.zeros((int(cluster.max()) + 1, 1, 1))
    at = np.zeros(0, dtype=np.int64)
    if within is not None:
        at, sums = within.positions + made.indicators, within.sums_by(cluster)
    own = remembered(
        problem.memo,
        f"products by cluster, effects {tuple(problem.effects)!r}, {len(problem.labels)}",
        (at, sums[:, :-1, :-1], cluster, *problem.ingredients()),
        lambda: _products(problem, made, at, sums),
    )
    scores = sloped_scores if problem.slopes else cluster_scores
    moment = scores(made.regressors, outcome, problem.weight, cluster, made.swept)
    # No effect varies inside a cell, so what is inside is added as it is.
    moment[:, at] += sums[:, :-1, -1]
    moment = moment[:, own.kept]
    total = moment.sum(axis=0)
    beta = own.bread @ total
    beta = beta + own.bread @ (total - own.whole @ beta)
    grams = Grams(own.gram, moment)
    return GramSolution(
        grams, own.kept, beta, own.bread, own.interest, own.leverages, own.directions
    )


@dataclass(frozen=True)
class _Products:
    """What the outcome has no part in: A_g of the columns kept, their sum and its inverse."""

    gram: FloatArray
    whole: FloatArray
    bread: FloatArray
    kept: IntArray
    interest: IntArray

    def leverages(self) -> FloatArray:
        return self._leverages

    def directions(self) -> FloatArray:
        return self._directions

    @cached_property
    def _directions(self) -> FloatArray:
        return directions_without(self.gram, self.interest)

    @cached_property
    def _leverages(self) -> FloatArray:
        direction = self.bread[:, self.interest]
        total, width = self.gram.shape[:2]
        along = (self.gram.reshape(total * width, width) @ direction).reshape(total, width, -1)
        parts = np.einsum("pm,gpm->gm", direction, along)
        parts = np.maximum(parts, 0.0)
        shares: FloatArray = parts / parts.sum(axis=0)
        return shares


def _products(problem: Problem, made: GramProblem, at: IntArray, sums: FloatArray) -> _Products:
    gram, scale = cluster_products(made.regressors, problem.weight, problem.clusters[0], made.swept)
    gram[:, at[:, None], at[None, :]] += sums[:, :-1, :-1]
    if isinstance(made.regressors, SlopedRegressors):
        scale = made.regressors.squares.copy()
    scale[at] += np.diag(sums.sum(axis=0))[:-1]
    whole = gram.sum(axis=0)
    kept = independent_columns(whole, scale)
    offset = made.indicators + len(problem.nuisance)
    require_identified(kept, offset, problem)
    if len(kept) < len(scale):
        gram = _chosen(gram, kept)
        whole = whole[np.ix_(kept, kept)]
    unit = 1.0 / np.sqrt(np.diag(whole))
    inverse = np.linalg.inv(whole * np.outer(unit, unit))
    bread = inverse * np.outer(unit, unit)
    return _Products(gram, whole, bread, kept, np.flatnonzero(kept >= offset))


def _chosen(gram: FloatArray, kept: IntArray) -> FloatArray:
    """Return some rows and columns of every matrix, in the memory of ``gram``, which is lost.

    What is kept of a matrix never reaches beyond where it stood.
    """
    size, flat, inner = len(kept) ** 2, gram.reshape(-1), np.ix_(kept, kept)
    for g, own in enumerate(gram):
        flat[g * size : (g + 1) * size] = own[inner].reshape(-1)
    return flat[: len(gram) * size].reshape(len(gram), len(kept), len(kept))
