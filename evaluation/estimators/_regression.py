"""One linear regression with absorbed effects: coefficients, covariance and what made them.

Two routes lead to the same numbers. With ``cr3``, Gram matrices by cluster
(:mod:`evaluation.cells.grams`) carry effects that are not nested in the cluster as indicators.
With every other variance, columns are demeaned (pyfixest's alternating projections, effects in the
order of the spec) and coefficients follow by Frisch-Waugh-Lovell. Tests hold the routes equal.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from evaluation.cells.threads import one_blas_thread
from evaluation.estimators._absorbed import solve_absorbed
from evaluation.estimators._by_cluster import solve_by_cluster
from evaluation.estimators._problem import Problem, Solved, compressed, require_positive
from evaluation.spec.variance import Inference


def solve(problem: Problem, inference: Inference) -> Solved:
    """Solve a regression.

    Parameters
    ----------
    problem
        The regression, on rows.
    inference
        Variance, counts and distribution.

    Raises
    ------
    DataError
        Where a coefficient is not identified, no degrees of freedom are left, or ``cr3`` is asked
        for where it cannot be had.
    EstimationError
        Where demeaning does not converge or a variance is not positive.
    """
    if problem.clusters:
        rows = np.bincount(problem.clusters[0]).astype(np.float64)
        problem = compressed(replace(problem, cluster_rows=rows))
    route = {"cr3": solve_by_cluster}.get(inference.variance, solve_absorbed)
    with one_blas_thread():
        solved = route(problem, inference)
    require_positive(solved.covariance, problem.outcome)
    return solved
