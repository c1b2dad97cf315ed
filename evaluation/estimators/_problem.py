"""What a linear regression with absorbed effects is handed, and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from evaluation.cells.cluster_moments import ClusterMoments
from evaluation.data.memo import Memo
from evaluation.data.model_data import FloatArray, IntArray
from evaluation.data.moments import SecondPass, Within
from evaluation.errors import DataError, EstimationError
from evaluation.estimators._inside import Inside, inside_of
from evaluation.estimators._slopes import Slope

DetailValue = float | int | str | bool | None

# Share of the outcome's size that rounding may leave as residuals of a perfect fit. An outcome is
# known to one part in 2^53, 1e-16; means, sweeps and normal equations multiply that by tens or
# hundreds on either engine. Squared, 1e-24: what any measured outcome leaves is far above it.
ROUNDING = 1e-12


@dataclass(frozen=True)
class Problem:
    """A regression to solve, on rows of the panel or on cells that stand for them.

    Attributes
    ----------
    outcome
        Its name, for messages.
    y, weight
        Outcome and weights (means and sums of cells), shape ``(n,)``.
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
        Codes of none, one or two clusters; with cells, of those that cells are made of.
    n_obs
        Rows of the panel.
    cluster_names
        Names of every cluster, in the order of the spec.
    far
        Those of them that no cell is made of, so that a second pass sums their scores.
    cluster_rows
        Rows of each value of the first of ``clusters``, before any compression.
    within
        Cross-products inside cells; ``None`` on rows.
    levels
        Levels of an effect by its name, where codes stand for types of units.
    second_pass
        One more pass over the rows.
    weighted
        For cells: whether weights may differ inside a cell.
    memo
        What other outcomes and models of the run have worked out already.
    also
        Further columns of interest, which any row may have, each of shape ``(n,)``; the last of
        ``labels`` are theirs.
    slopes
        Columns whose coefficients differ by level, absorbed with the effects.
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
    cluster_names: tuple[str, ...] = ()
    far: tuple[str, ...] = ()
    cluster_rows: FloatArray | None = None
    within: Within | None = None
    levels: Mapping[str, int] = field(default_factory=dict)
    second_pass: SecondPass | None = None
    weighted: bool = False
    memo: Memo | None = None
    also: tuple[FloatArray, ...] = ()
    slopes: tuple[Slope, ...] = ()

    def rows_of_clusters(self) -> FloatArray:
        """Return the rows of each value of the first of ``clusters``, before any compression."""
        if self.cluster_rows is not None:
            return self.cluster_rows
        return np.bincount(self.clusters[0]).astype(np.float64)

    def ingredients(self) -> tuple[FloatArray | IntArray, ...]:
        """Return the arrays that decide everything but what the outcome is."""
        return (
            self.weight,
            self.codes,
            self.intensity,
            *self.nuisance.values(),
            *self.effects.values(),
            *self.also,
            *self.slope_arrays(),
        )

    def slope_arrays(self) -> tuple[FloatArray | IntArray, ...]:
        """Return the arrays that absorbed slopes are made of."""
        return tuple(array for one in self.slopes for array in (one.codes, one.values))

    def inside(self) -> Inside | None:
        """Return what varies inside cells, its positions among the nuisance columns."""
        return inside_of(self.within, self.nuisance)

    def columns(self) -> FloatArray:
        """Return nuisance columns, centred, then those of interest, shape ``(n, p)``."""
        offset = len(self.nuisance)
        block = np.zeros((len(self.y), offset + len(self.labels)))
        for at, x in enumerate(self.nuisance.values()):
            block[:, at] = x - np.average(x, weights=self.weight)
        has = np.flatnonzero(self.codes >= 0)
        block[has, offset + self.codes[has]] = self.intensity[has]
        for at, x in enumerate(self.also, start=block.shape[1] - len(self.also)):
            block[:, at] = x
        return block


@dataclass(frozen=True)
class Solved:
    """A solved regression.

    Attributes
    ----------
    estimates
        Coefficients of interest, shape ``(m,)``.
    covariance
        Shape ``(m, m)``.
    spread
        Diagonal of (X'WX)^-1 for them, shape ``(m,)``.
    df
        Degrees of freedom of Student's t.
    details
        ``(term, name, value)``.
    warnings
        For the status of the rows.
    n_clusters
        The smaller number of clusters, ``None`` without.
    moments
        The fit as its clusters' moments, where there is one cluster and they are wanted.
    largest_far
        Most rows in one cluster of a second pass, 0 without.
    influence
        What each cluster adds to the estimates, shape ``(G, m)``, where there is one cluster that
        entries are made of: ``cr1`` is its outer product times the factor.
    left
        Estimates without each cluster, shape ``(G, m)``, under ``cr3``.
    """

    estimates: FloatArray
    covariance: FloatArray
    spread: FloatArray
    df: float
    details: tuple[tuple[str, str, DetailValue], ...]
    warnings: tuple[str, ...] = field(default=())
    n_clusters: int | None = None
    moments: ClusterMoments | None = None
    largest_far: float = 0.0
    influence: FloatArray | None = None
    left: FloatArray | None = None


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


def rounding_variance(spread: FloatArray, y: FloatArray, weight: FloatArray, n: int) -> FloatArray:
    """Return the variances that rounding alone can give, shape ``(m,)``.

    Those of residuals that are :data:`ROUNDING` times the outcome's root mean square. It is not
    centred, because a large mean costs digits too.

    Parameters
    ----------
    spread
        Diagonal of (X'WX)^-1, shape ``(m,)``.
    y, weight
        Outcome and weights (means and sums of cells), shape ``(n,)``.
    n
        Rows of the panel.
    """
    return spread * (ROUNDING**2 * float(weight @ y**2) / n)


def require_positive(variance: FloatArray, rounding: FloatArray, outcome: str) -> None:
    """Refuse variances that are not positive, or no more than rounding makes of zero.

    Parameters
    ----------
    variance
        Covariance of the coefficients of interest, shape ``(m, m)``.
    rounding
        Variances that rounding alone can give, shape ``(m,)``.
    outcome
        What they are coefficients of, for the message.

    Raises
    ------
    EstimationError
        With two-way clusters, whose variance is a difference; or where the fit is perfect.
    """
    if not np.all(np.diag(variance) > rounding):
        raise EstimationError(
            f"{outcome}: the variance of a coefficient is not positive, by a perfect fit or by "
            "two-way clusters that are too few: use one cluster, or fewer fixed effects"
        )


def require_freedom(n_obs: int, k: int) -> None:
    """Refuse as many parameters as rows.

    Raises
    ------
    DataError
        Naming both.
    """
    if n_obs <= k:
        raise DataError(
            f"{n_obs} rows for {k} parameters leave no degrees of freedom: use fewer fixed effects "
            "or controls, or more rows"
        )
