"""The route through Gram matrices by cluster: variance cr3, with cr1 beside it."""

from __future__ import annotations

import numpy as np

from evaluation.errors import DataError
from evaluation.estimators._gram_solution import (
    GramProblem,
    gram_problem,
    solve_grams,
)
from evaluation.estimators._nesting import counted_effects, parameters_of_slopes
from evaluation.estimators._problem import DetailValue, Problem, Solved, require_freedom
from evaluation.inference.cluster_facts import effective_clusters, largest_share
from evaluation.inference.jackknife import jackknife
from evaluation.inference.small_sample import cluster_factor, count_parameters
from evaluation.spec.variance import Inference

# Gram matrices of all clusters together: 50 million doubles are 400 MB.
LARGEST_GRAM = 50_000_000


def fits_memory(made: GramProblem, clusters: int) -> bool:
    """Say whether the Gram matrices of all clusters together are small enough to hold."""
    return made.regressors.width**2 * clusters <= LARGEST_GRAM


def solve_by_cluster(problem: Problem, inference: Inference) -> Solved:
    """Solve from per-cluster Gram matrices and take the jackknife variance.

    Raises
    ------
    DataError
        Where there are two clusters, effects too large to carry as indicators, or coefficients
        that are not identified.
    """
    if len(problem.cluster_names or problem.clusters) != 1:
        raise DataError(
            "variance cr3 deletes one cluster at a time and takes exactly one cluster column: "
            "name one cluster or use variance = 'cr1'"
        )
    if problem.far:
        raise DataError(
            f"variance cr3: no cell is made of cluster {problem.far[0]}, so none can be deleted: "
            "use variance = 'cr1', or run from the rows"
        )
    total = int(problem.clusters[0].max()) + 1
    made = gram_problem(problem)
    if not fits_memory(made, total):
        raise DataError(
            f"variance cr3: an effect with {made.largest} levels is not nested in the cluster, and "
            f"{total} matrices of {made.regressors.width} columns are too large: use variance = "
            "'cr1'"
        )
    found = solve_grams(problem, made)
    columns = np.arange(len(found.kept))
    deleted = jackknife(found.grams, found.beta, columns, found.interest, found.directions())
    indicators, kept = made.indicators, found.kept
    slopes = int(np.sum(kept >= indicators)) + (0 if problem.effects else 1)
    effects = counted_effects(problem, inference.fixed_effects)
    k = count_parameters(slopes, effects, inference.fixed_effects)
    k += parameters_of_slopes(problem, inference.fixed_effects)
    require_freedom(problem.n_obs, k)
    factor = cluster_factor(problem.n_obs, k, total, inference.cluster_factor == "g")
    moments = found.moments(problem.labels, factor)
    influence = moments.scores() @ found.bread[:, found.interest]
    beside = factor * np.sum(influence**2, axis=0)
    sizes = problem.rows_of_clusters()
    names = list(problem.nuisance)
    dropped = [n for i, n in enumerate(names, start=indicators) if i not in set(kept)]
    details: list[tuple[str, str, DetailValue]] = [
        ("", "parameters", k),
        ("", "clusters", total),
        ("", "small_sample_factor", (total - 1) / total),
        ("", "cr1_small_sample_factor", factor),
        ("", "degrees_of_freedom", float(total - 1) if inference.distribution == "t" else None),
        ("", "effective_clusters", effective_clusters(sizes)),
        ("", "largest_cluster_share", largest_share(sizes)),
        *(("", "absorbed", name) for name in dropped),
    ]
    leverages = found.leverages()
    for j, label in enumerate(problem.labels):
        leverage = leverages[:, j]
        details += [
            (label, "cr1_std_error", float(np.sqrt(beside[j]))),
            (label, "leave_one_out_low", float(deleted.estimates[:, j].min())),
            (label, "leave_one_out_high", float(deleted.estimates[:, j].max())),
            (label, "largest_leverage", largest_share(leverage)),
            (label, "effective_clusters_leverage", effective_clusters(leverage)),
        ]
    return Solved(
        found.beta[found.interest],
        deleted.covariance,
        np.diag(found.bread)[found.interest],
        float(total - 1),
        tuple(details),
        n_clusters=total,
        moments=moments,
        influence=influence,
        left=deleted.estimates,
    )
