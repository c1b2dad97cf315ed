"""One linear regression with absorbed effects: coefficients, covariance and what made them.

Two routes lead to the same numbers. With ``cr3``, Gram matrices by cluster
(:mod:`evaluation.cells.grams`) carry effects that are not nested in the cluster as indicators.
With every other variance, effects are swept out of the columns and coefficients follow by
Frisch-Waugh-Lovell. Tests hold the routes equal.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from evaluation.cells.cluster_moments import ClusterMoments
from evaluation.cells.threads import one_blas_thread
from evaluation.estimators._absorbed import solve_absorbed
from evaluation.estimators._by_cluster import fits_memory, solve_by_cluster
from evaluation.estimators._compressed import compressed
from evaluation.estimators._gram_solution import gram_problem, solve_grams
from evaluation.estimators._problem import (
    Problem,
    Solved,
    require_positive,
    rounding_variance,
)
from evaluation.spec.variance import Inference


def solve(problem: Problem, inference: Inference, want_moments: bool = False) -> Solved:
    """Solve a regression.

    Parameters
    ----------
    problem
        The regression, on rows or cells.
    inference
        Variance, counts and distribution.
    want_moments
        Whether the fit's moments by cluster are wanted, where there is one cluster and they fit
        into memory.

    Raises
    ------
    DataError
        Where a coefficient is not identified, no degrees of freedom are left, or ``cr3`` is asked
        for where it cannot be had.
    EstimationError
        Where demeaning does not converge or a variance is not positive.
    NeedsRows
        Where cells do not hold what the variance needs and the rows are out of reach.
    """
    clustered = inference.variance in {"cr1", "cr3"} and not problem.far
    # Residuals of single rows can be had from cells unless units of a type have their own effects.
    summed = clustered or (inference.variance == "iid" and not (problem.far or problem.levels))
    if problem.clusters and problem.cluster_rows is None:
        rows = np.bincount(problem.clusters[0]).astype(np.float64)
        problem = replace(problem, cluster_rows=rows)
    if summed:
        problem = compressed(problem)
    route = {"cr3": solve_by_cluster}.get(inference.variance, solve_absorbed)
    with one_blas_thread():
        solved = route(problem, inference)
        if want_moments and clustered and solved.moments is None:
            solved = replace(solved, moments=_moments(problem, solved))
    rounding = rounding_variance(solved.spread, problem.y, problem.weight, problem.n_obs)
    require_positive(solved.covariance, rounding, problem.outcome)
    return solved if want_moments else replace(solved, moments=None)


def _moments(problem: Problem, solved: Solved) -> ClusterMoments | None:
    """Return the moments of a fit with one cluster, ``None`` where they cannot be held."""
    if len(problem.clusters) != 1:
        return None
    made = gram_problem(problem)
    if not fits_memory(made, int(problem.clusters[0].max()) + 1):
        return None
    factor = next(value for _, name, value in solved.details if name == "small_sample_factor")
    return solve_grams(problem, made).moments(problem.labels, float(factor or 1.0))
