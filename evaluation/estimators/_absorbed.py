"""The route through swept columns: variances iid, hc0, hc1 and cr1."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evaluation.cells.rank import independent_columns
from evaluation.data.memo import remembered
from evaluation.data.model_data import FloatArray, IntArray
from evaluation.errors import SpecError
from evaluation.estimators._inside import Inside, chosen_products
from evaluation.estimators._meat import (
    Clustered,
    Clusters,
    clustered,
    residual_squares,
    row_meat,
)
from evaluation.estimators._nesting import counted_effects, parameters_of_slopes
from evaluation.estimators._problem import (
    DetailValue,
    Problem,
    Solved,
    require_freedom,
    require_identified,
)
from evaluation.estimators._scores import Scores
from evaluation.estimators._sweep import swept
from evaluation.inference import sandwich
from evaluation.inference.small_sample import cluster_factor, count_parameters, hc1_factor
from evaluation.spec.variance import Inference

# Rows multiplied at a time.
CHUNK = 16_384
# Bytes of regressors whose columns of interest are held for other models.
LARGEST_SHARED = 64_000_000


def solve_absorbed(problem: Problem, inference: Inference) -> Solved:
    """Solve by Frisch-Waugh-Lovell on swept columns.

    Raises
    ------
    DataError
        Where a coefficient is not identified, no degrees of freedom are left, or a second pass
        is needed and the rows are out of reach.
    """
    constant = 0 if problem.effects else 1
    offset = constant + len(problem.nuisance)
    scores, bread, kept = _least_squares(problem, constant, offset)
    own = kept >= offset
    direction = bread[:, own]
    by_cluster = _by_cluster(problem, scores, direction)
    effects = counted_effects(
        problem,
        inference.fixed_effects,
        None if by_cluster is None else by_cluster.counts,
    )
    k = count_parameters(len(kept), effects, inference.fixed_effects)
    k += parameters_of_slopes(problem, inference.fixed_effects)
    require_freedom(problem.n_obs, k)
    variance, factor, df = _variance(problem, inference, scores, bread, own, k, by_cluster)
    dropped = [
        name for i, name in enumerate(problem.nuisance, start=constant) if i not in set(kept)
    ]
    details: list[tuple[str, str, DetailValue]] = [
        ("", "parameters", k),
        ("", "small_sample_factor", factor),
        ("", "degrees_of_freedom", df if inference.distribution == "t" else None),
        *(("", "absorbed", name) for name in dropped),
    ]
    if by_cluster is not None:
        details += [
            ("", "clusters", by_cluster.counts[problem.cluster_names[0]]),
            ("", "effective_clusters", by_cluster.effective),
            ("", "largest_cluster_share", by_cluster.largest),
        ]
    return Solved(
        scores.beta[own],
        variance,
        np.diag(bread)[own],
        df,
        tuple(details),
        n_clusters=None if by_cluster is None else by_cluster.smallest,
        largest_far=0.0 if by_cluster is None else by_cluster.largest_far * problem.n_obs,
        influence=None if by_cluster is None else by_cluster.influence,
    )


def _least_squares(
    problem: Problem, constant: int, offset: int
) -> tuple[Scores, FloatArray, IntArray]:
    """Return the solved regression, (X'WX)^-1 and the positions of the columns kept."""
    weight, width = problem.weight, offset + len(problem.labels)
    y = problem.y - np.average(problem.y, weights=weight)
    inside = problem.inside()
    added = np.zeros((width + 1, width + 1))
    if inside is not None:
        inside = inside.shifted(constant)
        added = inside.products(width)
    if not constant:
        y = remembered(
            problem.memo,
            f"outcome less effects {tuple(problem.effects)!r}",
            (y, weight, *problem.effects.values(), *problem.slope_arrays()),
            lambda: swept(y[:, None], problem.effects, weight, problem.slopes, memo=problem.memo)[
                :, 0
            ],
        )
    x, bread, kept = remembered(
        problem.memo,
        f"regressors less effects {tuple(problem.effects)!r}, {constant}, {width}",
        (added[:-1, :-1], *problem.ingredients()),
        lambda: _regressors(problem, constant, offset, added[:-1, :-1]),
    )
    beta = bread @ (x.T @ (weight * y) + added[kept, -1])
    # One step of iterative refinement recovers the digits that the normal equations lose.
    left = added[kept, -1] - added[np.ix_(kept, kept)] @ beta
    beta = beta + bread @ (x.T @ (weight * (y - x @ beta)) + left)
    inside = None if inside is None else _among(inside, kept)
    return Scores(x, problem.y, y - x @ beta, weight, beta, inside), bread, kept


def _regressors(
    problem: Problem, constant: int, offset: int, added: FloatArray
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Return swept columns, (X'WX)^-1 and their positions, those that add nothing left out."""
    weight, x = problem.weight, problem.columns()
    if constant:
        x = np.column_stack([np.ones(len(x)), x])
    scale = np.einsum("ij,ij,i->j", x, x, weight) + np.diag(added)
    if not constant:
        _sweep_in_place(problem, x)
    gram = added + _products(x, weight)
    kept = independent_columns(gram, scale)
    require_identified(kept, offset, problem)
    if len(kept) < x.shape[1]:
        x = x[:, kept]
    gram = gram[np.ix_(kept, kept)]
    unit = 1.0 / np.sqrt(np.diag(gram))
    inverse = np.linalg.inv(gram * np.outer(unit, unit))
    return x, inverse * np.outer(unit, unit), kept


def _sweep_in_place(problem: Problem, x: FloatArray) -> None:
    """Take the effects out of columns; models share those of interest, where these are small."""
    offset, weight = len(problem.nuisance), problem.weight
    effects, slopes = problem.effects, problem.slopes
    if x.nbytes > LARGEST_SHARED:
        swept(x, effects, weight, slopes, in_place=True, memo=problem.memo)
        return
    x[:, offset:] = remembered(
        problem.memo,
        f"columns of interest less effects {tuple(effects)!r}, {len(problem.labels)}",
        (weight, problem.codes, problem.intensity, *effects.values(), *problem.slope_arrays()),
        lambda: swept(x[:, offset:], effects, weight, slopes, memo=problem.memo),
    )
    if offset:
        swept(x[:, :offset], effects, weight, slopes, in_place=True, memo=problem.memo)


def _products(x: FloatArray, weight: FloatArray) -> FloatArray:
    """Return X'WX, summed over blocks of rows so that no second X is held."""
    gram = np.zeros((x.shape[1], x.shape[1]))
    for start in range(0, len(x), CHUNK):
        part = x[start : start + CHUNK]
        gram += part.T @ (part * weight[start : start + CHUNK, None])
    return gram


def _among(inside: Inside, kept: IntArray) -> Inside:
    """Return what varies inside cells with positions among the columns kept."""
    place = {int(column): at for at, column in enumerate(kept)}
    left = [at for at, column in enumerate(inside.positions) if int(column) in place]
    chosen = [*left, len(inside.names)]
    return Inside(
        tuple(inside.names[at] for at in left),
        np.array([place[int(inside.positions[at])] for at in left], dtype=np.int64),
        inside.means[:, left],
        chosen_products(inside.scatter, chosen),
    )


def _by_cluster(problem: Problem, scores: Scores, direction: FloatArray) -> Clustered | None:
    """Return the clustered covariance, ``None`` without a cluster."""
    if not problem.cluster_names:
        return None
    rows = problem.rows_of_clusters() if problem.clusters else None
    return clustered(
        scores,
        direction,
        Clusters(problem.cluster_names, problem.clusters, problem.far, rows, problem.second_pass),
    )


def _variance(
    problem: Problem,
    inference: Inference,
    scores: Scores,
    bread: FloatArray,
    own: NDArray[np.bool_],
    k: int,
    by_cluster: Clustered | None,
) -> tuple[FloatArray, float, float]:
    n, direction = problem.n_obs, bread[:, own]

    def iid() -> tuple[FloatArray, float, float]:
        block = bread[np.ix_(own, own)]
        if problem.levels:
            squares = residual_squares(scores, problem.second_pass)
            return block * (squares / (n - k)), 1.0, float(n - k)
        inside = scores.squares_inside
        made = sandwich.iid(block, scores.residual, scores.weight, n - k, inside)
        return made, 1.0, float(n - k)

    def hc0() -> tuple[FloatArray, float, float]:
        beyond = problem.weighted or bool(problem.levels)
        made = row_meat(scores, direction, problem.second_pass, beyond)
        return made, 1.0, float(n - k)

    def hc1() -> tuple[FloatArray, float, float]:
        factor = hc1_factor(n, k)
        return factor * hc0()[0], factor, float(n - k)

    def cr1() -> tuple[FloatArray, float, float]:
        if by_cluster is None:
            raise SpecError("variance cr1: needs a cluster column and none is named")
        factor = cluster_factor(n, k, by_cluster.smallest, inference.cluster_factor == "g")
        return factor * by_cluster.meat, factor, float(by_cluster.smallest - 1)

    return {"iid": iid, "hc0": hc0, "hc1": hc1, "cr1": cr1}[inference.variance]()
