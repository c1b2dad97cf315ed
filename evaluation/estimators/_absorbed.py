"""The route through demeaned columns: variances iid, hc0, hc1 and cr1."""

from __future__ import annotations

import numpy as np

from evaluation.cells.rank import independent_columns
from evaluation.data.model_data import FloatArray
from evaluation.errors import DataError, EstimationError
from evaluation.estimators._problem import DetailValue, Problem, Solved, require_identified
from evaluation.inference import sandwich
from evaluation.inference.cluster_facts import effective_clusters, largest_share
from evaluation.inference.small_sample import cluster_factor, count_parameters, hc1_factor
from evaluation.spec.variance import Inference

# Far below a standard error; pyfixest's own default of 1e-6 moves the seventh digit.
DEMEAN_TOLERANCE = 1e-10
DEMEAN_ITERATIONS = 100_000


def demeaned(columns: FloatArray, problem: Problem) -> FloatArray:
    """Return columns less their projection on the absorbed effects, shape as ``columns``.

    Effects go in as an array in the order of the spec: pyfixest's formula interface passes their
    names through a set, so that the last bits of its coefficients follow the hash seed.

    Raises
    ------
    EstimationError
        Where the alternating projections do not converge.
    """
    from pyfixest.core.demean import demean

    codes = np.column_stack(list(problem.effects.values())).astype(np.uint64)
    scale = np.sqrt(np.average(columns**2, axis=0, weights=problem.weight))
    scale[scale == 0] = 1.0
    values, converged = demean(
        columns / scale, codes, problem.weight, DEMEAN_TOLERANCE, DEMEAN_ITERATIONS
    )
    if not converged:
        raise EstimationError(
            f"fixed effects {', '.join(problem.effects)}: demeaning did not converge in "
            f"{DEMEAN_ITERATIONS} rounds: use fewer or coarser fixed effects"
        )
    result: FloatArray = np.asarray(values) * scale
    return result


def solve_absorbed(problem: Problem, inference: Inference) -> Solved:
    """Solve by Frisch-Waugh-Lovell on demeaned columns.

    Raises
    ------
    DataError
        Where a coefficient is not identified or no degrees of freedom are left.
    """
    weight, raw = problem.weight, problem.columns()
    outcome = problem.y - np.average(problem.y, weights=weight)
    constant = 0 if problem.effects else 1
    if constant:
        raw = np.column_stack([np.ones(len(outcome)), raw])
        x, y = raw, outcome
    else:
        both = demeaned(np.column_stack([outcome, raw]), problem)
        y, x = both[:, 0], both[:, 1:]
    gram = x.T @ (x * weight[:, None])
    kept = independent_columns(gram, np.sum(raw**2 * weight[:, None], axis=0))
    offset = constant + len(problem.nuisance)
    require_identified(kept, offset, problem)
    x = x[:, kept]
    unit = 1.0 / np.sqrt(np.diag(gram)[kept])
    inverse = np.linalg.inv(gram[np.ix_(kept, kept)] * np.outer(unit, unit))
    bread = inverse * np.outer(unit, unit)
    beta = bread @ (x.T @ (weight * y))
    # One step of iterative refinement recovers the digits that the normal equations lose.
    beta = beta + bread @ (x.T @ (weight * (y - x @ beta)))
    residual = y - x @ beta
    k = count_parameters(len(kept), problem.counted_effects(), inference.fixed_effects)
    n = problem.n_obs
    if n <= k:
        raise DataError(
            f"{n} rows for {k} parameters leave no degrees of freedom: use fewer fixed effects "
            "or controls, or more rows"
        )
    variance, factor, df = _variance(problem, inference, bread, x, residual, k)
    own = kept >= offset
    dropped = [
        name for i, name in enumerate(problem.nuisance, start=constant) if i not in set(kept)
    ]
    details: list[tuple[str, str, DetailValue]] = [
        ("", "parameters", k),
        ("", "small_sample_factor", factor),
        ("", "degrees_of_freedom", df if inference.distribution == "t" else None),
        *(("", "absorbed", name) for name in dropped),
    ]
    if problem.clusters:
        sizes = problem.rows_of_clusters()
        details += [
            ("", "clusters", len(sizes)),
            ("", "effective_clusters", effective_clusters(sizes)),
            ("", "largest_cluster_share", largest_share(sizes)),
        ]
    return Solved(beta[own], variance[np.ix_(own, own)], df, tuple(details))


def _variance(
    problem: Problem,
    inference: Inference,
    bread: FloatArray,
    x: FloatArray,
    residual: FloatArray,
    k: int,
) -> tuple[FloatArray, float, float]:
    n = problem.n_obs
    scores = x * (problem.weight * residual)[:, None]

    def iid() -> tuple[FloatArray, float, float]:
        return sandwich.iid(bread, residual, problem.weight, n - k), 1.0, float(n - k)

    def hc0() -> tuple[FloatArray, float, float]:
        return sandwich.hc1(bread, scores, 1.0), 1.0, float(n - k)

    def hc1() -> tuple[FloatArray, float, float]:
        factor = hc1_factor(n, k)
        return sandwich.hc1(bread, scores, factor), factor, float(n - k)

    def cr1() -> tuple[FloatArray, float, float]:
        smallest = min(int(codes.max()) + 1 for codes in problem.clusters)
        factor = cluster_factor(n, k, smallest, inference.cluster_factor == "g")
        variance = sandwich.cr1(bread, scores, problem.clusters, factor)
        return variance, factor, float(smallest - 1)

    return {"iid": iid, "hc0": hc0, "hc1": hc1, "cr1": cr1}[inference.variance]()
