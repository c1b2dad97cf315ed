"""The route through Gram matrices by cluster: variance cr3, with cr1 beside it."""

from __future__ import annotations

import numpy as np

from evaluation.cells.grams import Grams, Regressors, cluster_grams
from evaluation.cells.rank import independent_columns
from evaluation.data.model_data import FloatArray, IntArray
from evaluation.errors import DataError
from evaluation.estimators._problem import DetailValue, Problem, Solved, require_identified
from evaluation.inference.cluster_facts import effective_clusters, largest_share
from evaluation.inference.jackknife import jackknife
from evaluation.inference.small_sample import cluster_factor, count_parameters, is_nested
from evaluation.spec.variance import Inference

# Gram matrices of all clusters together: 50 million doubles are 400 MB.
LARGEST_GRAM = 50_000_000


def _split_effects(problem: Problem) -> tuple[IntArray | None, list[IntArray]]:
    """Return the effect to sweep out within clusters and those to carry as indicators."""
    cluster = problem.clusters[0]
    nested = [c for c in problem.effects.values() if is_nested(c, cluster)]
    swept = max(nested, key=lambda codes: int(codes.max()), default=None)
    carried = [
        codes
        for codes in problem.effects.values()
        if codes is not swept and (swept is None or not is_nested(swept, codes))
    ]
    return swept, carried


def _require_small(carried: list[IntArray], width: int, clusters: int) -> None:
    if width**2 * clusters > LARGEST_GRAM:
        levels = max(int(codes.max()) + 1 for codes in carried) if carried else 0
        raise DataError(
            f"variance cr3: an effect with {levels} levels is not nested in the cluster, and "
            f"{clusters} matrices of {width} columns are too large: use variance = 'cr1'"
        )


def solve_by_cluster(problem: Problem, inference: Inference) -> Solved:
    """Solve from per-cluster Gram matrices and take the jackknife variance.

    Raises
    ------
    DataError
        Where there are two clusters, effects too large to carry as indicators, or coefficients
        that are not identified.
    """
    if len(problem.clusters) != 1:
        raise DataError(
            "variance cr3 deletes one cluster at a time and takes exactly one cluster column: "
            "name one cluster or use variance = 'cr1'"
        )
    cluster = problem.clusters[0]
    total = int(cluster.max()) + 1
    swept, carried = _split_effects(problem)
    if not problem.effects:
        carried = [np.zeros(len(cluster), dtype=np.int64)]
    regressors = Regressors(
        problem.columns(), tuple(carried), tuple(int(codes.max()) + 1 for codes in carried)
    )
    _require_small(carried, regressors.width, total)
    outcome = problem.y - np.average(problem.y, weights=problem.weight)
    grams = cluster_grams(regressors, outcome, problem.weight, cluster, swept)
    gram = grams.gram.sum(axis=0)
    kept = independent_columns(gram, grams.scale)
    indicators = sum(regressors.levels)
    offset = indicators + len(problem.nuisance)
    require_identified(kept, offset, problem)
    unit = 1.0 / np.sqrt(np.diag(gram)[kept])
    inverse = np.linalg.inv(gram[np.ix_(kept, kept)] * np.outer(unit, unit))
    bread = inverse * np.outer(unit, unit)
    moment = grams.moment.sum(axis=0)[kept]
    beta = bread @ moment
    beta = beta + bread @ (moment - gram[np.ix_(kept, kept)] @ beta)
    interest = np.flatnonzero(kept >= offset)
    deleted = jackknife(grams, beta, kept, interest)
    slopes = int(np.sum(kept >= indicators)) + (0 if problem.effects else 1)
    k = count_parameters(slopes, problem.counted_effects(), inference.fixed_effects)
    if problem.n_obs <= k:
        raise DataError(
            f"{problem.n_obs} rows for {k} parameters leave no degrees of freedom: use fewer "
            "fixed effects or controls, or more rows"
        )
    factor = cluster_factor(problem.n_obs, k, total, inference.cluster_factor == "g")
    beside = _cr1(grams, beta, kept, bread, factor)[np.ix_(interest, interest)]
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
    for j, label in enumerate(problem.labels):
        leverage = _leverage(grams, kept, bread[:, interest[j]])
        details += [
            (label, "cr1_std_error", float(np.sqrt(beside[j, j]))),
            (label, "leave_one_out_low", float(deleted.estimates[:, j].min())),
            (label, "leave_one_out_high", float(deleted.estimates[:, j].max())),
            (label, "largest_leverage", largest_share(leverage)),
            (label, "effective_clusters_leverage", effective_clusters(leverage)),
        ]
    return Solved(beta[interest], deleted.covariance, float(total - 1), tuple(details))


def _cr1(
    grams: Grams, beta: FloatArray, kept: IntArray, bread: FloatArray, factor: float
) -> FloatArray:
    scores = grams.moment[:, kept] - np.einsum("gij,j->gi", grams.gram[:, kept][:, :, kept], beta)
    variance: FloatArray = factor * (bread @ (scores.T @ scores) @ bread)
    return variance


def _leverage(grams: Grams, kept: IntArray, direction: FloatArray) -> FloatArray:
    """Return each cluster's share of a coefficient's partialled-out variation, shape ``(G,)``."""
    parts = np.einsum("i,gij,j->g", direction, grams.gram[:, kept][:, :, kept], direction)
    shares: FloatArray = np.maximum(parts, 0.0) / float(np.maximum(parts, 0.0).sum())
    return shares
