"""One regression solved for many 0/1 outcomes, with its clusters drawn again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluation.cells.grams import cluster_scores
from evaluation.cells.rank import independent_columns
from evaluation.cells.threads import one_blas_thread
from evaluation.data.model_data import FloatArray
from evaluation.errors import DataError
from evaluation.estimators._by_cluster import fits_memory
from evaluation.estimators._gram_solution import (
    GramProblem,
    GramSolution,
    gram_problem,
    solve_grams,
)
from evaluation.estimators._problem import Problem
from evaluation.estimators._sloped_grams import sloped_scores

Outcome = NDArray[np.bool_]


@dataclass(frozen=True)
class IndicatorFits:
    """A regression with one cluster, ready for any outcome.

    Attributes
    ----------
    problem
        The regression.
    made, found
        Its columns by cluster, and its cross-products.
    """

    problem: Problem
    made: GramProblem
    found: GramSolution

    @property
    def clusters(self) -> int:
        """G, the number of clusters."""
        return len(self.found.grams.gram)

    def coefficient(self, outcome: Outcome) -> float:
        """Return the first coefficient of interest on the rows as they are."""
        with one_blas_thread():
            moment = self._moment(outcome).sum(axis=0)
            return float(self.found.bread[self.found.interest[0]] @ moment)

    def drawn(self, counts: FloatArray) -> Callable[[Outcome], float] | None:
        """Return the same for clusters taken so many times each, ``None`` if not identified.

        Parameters
        ----------
        counts
            Shape ``(G,)``.
        """
        with one_blas_thread():
            gram = np.tensordot(counts, self.found.grams.gram, axes=1)
            scale = np.diag(self.found.grams.gram.sum(axis=0))
            kept = independent_columns(gram, scale)
            place = np.flatnonzero(kept == self.found.interest[0])
            if not len(place):
                return None
            unit = 1.0 / np.sqrt(scale[kept])
            part = gram[np.ix_(kept, kept)] * np.outer(unit, unit)
            target = np.zeros(len(kept))
            target[place[0]] = unit[kept == self.found.interest[0]][0]
            direction = np.linalg.solve(part, target) * unit

        def solve(outcome: Outcome) -> float:
            with one_blas_thread():
                return float(direction @ (counts @ self._moment(outcome))[kept])

        return solve

    def _moment(self, outcome: Outcome) -> FloatArray:
        problem = self.problem
        values = outcome - np.average(outcome, weights=problem.weight)
        scores = sloped_scores if problem.slopes else cluster_scores
        found = scores(
            self.made.regressors, values, problem.weight, problem.clusters[0], self.made.swept
        )
        return found[:, self.found.kept]


def indicator_fits(problem: Problem) -> IndicatorFits:
    """Return a regression with its cross-products by cluster.

    Raises
    ------
    DataError
        Where a coefficient is not identified, or the cross-products are too large to hold.
    """
    made = gram_problem(problem)
    total = int(problem.clusters[0].max()) + 1
    if not fits_memory(made, total):
        raise DataError(
            f"an effect with {made.largest} levels is not nested in the cluster, and {total} "
            f"matrices of {made.regressors.width} columns are too large: use fewer or coarser "
            "fixed effects"
        )
    with one_blas_thread():
        return IndicatorFits(problem, made, solve_grams(problem, made))
