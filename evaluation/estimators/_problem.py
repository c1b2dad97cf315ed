"""What a linear regression with absorbed effects is handed, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from evaluation.cells.compress import compress
from evaluation.data.model_data import FloatArray, IntArray
from evaluation.errors import DataError, EstimationError
from evaluation.inference.small_sample import Effect, is_nested

DetailValue = float | int | str | bool | None


@dataclass(frozen=True)
class Problem:
    """A regression to solve.

    Attributes
    ----------
    outcome
        Its name, for messages.
    y, weight
        Outcome and weights, shape ``(n,)``.
    nuisance
        Columns that are dropped where they add nothing: controls and main effects, in order.
    codes
        Which coefficient of interest a row belongs to, -1 for none, shape ``(n,)``.
    intensity
        What that coefficient multiplies, shape ``(n,)``.
    labels
        One for each coefficient of interest; m in all.
    effects
        Codes of absorbed effects, by name.
    clusters
        Codes of none, one or two clusters.
    n_obs
        Rows before any compression.
    cluster_rows
        Rows of each value of the first cluster, before any compression.
    """

    outcome: str
    y: FloatArray
    weight: FloatArray
    nuisance: dict[str, FloatArray]
    codes: IntArray
    intensity: FloatArray
    labels: tuple[str, ...]
    effects: dict[str, IntArray]
    clusters: tuple[IntArray, ...]
    n_obs: int
    cluster_rows: FloatArray | None = None

    def rows_of_clusters(self) -> FloatArray:
        """Return the rows of each value of the first cluster, before any compression."""
        if self.cluster_rows is not None:
            return self.cluster_rows
        return np.bincount(self.clusters[0]).astype(np.float64)

    def counted_effects(self) -> tuple[Effect, ...]:
        """Return levels and nesting of every absorbed effect."""
        return tuple(
            Effect(int(codes.max()) + 1, any(is_nested(codes, c) for c in self.clusters))
            for codes in self.effects.values()
        )

    def interest(self) -> FloatArray:
        """Return the columns of interest, shape ``(n, m)``."""
        block = np.zeros((len(self.y), len(self.labels)))
        has = np.flatnonzero(self.codes >= 0)
        block[has, self.codes[has]] = self.intensity[has]
        return block

    def columns(self) -> FloatArray:
        """Return nuisance columns, centred, then those of interest, shape ``(n, p)``."""
        centred = [x - np.average(x, weights=self.weight) for x in self.nuisance.values()]
        return np.column_stack([*centred, self.interest()])


@dataclass(frozen=True)
class Solved:
    """A solved regression.

    Attributes
    ----------
    estimates
        Coefficients of interest, shape ``(m,)``.
    covariance
        Shape ``(m, m)``.
    df
        Degrees of freedom of Student's t.
    details
        ``(term, name, value)``.
    warnings
        For the status of the rows.
    """

    estimates: FloatArray
    covariance: FloatArray
    df: float
    details: tuple[tuple[str, str, DetailValue], ...]
    warnings: tuple[str, ...] = field(default=())


def compressed(problem: Problem) -> Problem:
    """Return the same regression on cells, where cells are at most half as many as rows.

    Exact for coefficients and for sums of scores within clusters, hence for ``cr1`` and ``cr3``.
    """
    key: list[np.ndarray[Any, Any]] = [
        *problem.clusters,
        *problem.effects.values(),
        problem.codes,
        problem.intensity,
        *problem.nuisance.values(),
    ]
    cells = compress(key, problem.y, problem.weight)
    if cells is None:
        return problem
    rows = cells.first
    return replace(
        problem,
        y=cells.y,
        weight=cells.weight,
        nuisance={name: values[rows] for name, values in problem.nuisance.items()},
        codes=problem.codes[rows],
        intensity=problem.intensity[rows],
        effects={name: _renumbered(codes[rows]) for name, codes in problem.effects.items()},
        clusters=tuple(codes[rows] for codes in problem.clusters),
    )


def _renumbered(codes: IntArray) -> IntArray:
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)


def require_identified(kept: IntArray, offset: int, problem: Problem) -> None:
    """Refuse where a coefficient of interest was dropped as a combination of other columns.

    Parameters
    ----------
    kept
        Positions of the columns that are kept.
    offset
        Position of the first column of interest.
    problem
        The regression.

    Raises
    ------
    DataError
        Naming the first such coefficient.
    """
    lost = sorted(set(range(len(problem.labels))) - {int(i) - offset for i in kept})
    if lost:
        name = f"{problem.outcome} {problem.labels[lost[0]]}".rstrip()
        raise DataError(
            f"{name}: no variation is left once effects, controls and main effects are taken "
            "out, so its coefficient is not identified: use fewer fixed effects, a never-treated "
            "group, or an event_window with binned ends"
        )


def require_positive(variance: FloatArray, outcome: str) -> None:
    """Refuse variances that are not positive.

    Parameters
    ----------
    variance
        Covariance of the coefficients of interest, shape ``(m, m)``.
    outcome
        What they are coefficients of, for the message.

    Raises
    ------
    EstimationError
        With two-way clusters, whose variance is a difference; or where the fit is perfect.
    """
    if not np.all(np.diag(variance) > 0):
        raise EstimationError(
            f"{outcome}: the variance of a coefficient is not positive, by a perfect fit or by "
            "two-way clusters that are too few: use one cluster, or fewer fixed effects"
        )
