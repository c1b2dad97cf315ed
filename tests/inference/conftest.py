"""Clustered rows with municipality and period effects, and their moments by cluster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from evaluation.cells.cluster_moments import ClusterMoments


@dataclass(frozen=True)
class Rows:
    """Rows, with every nuisance column dense."""

    x: np.ndarray
    y: np.ndarray
    cluster: np.ndarray
    interest: np.ndarray
    factor: float

    def ols(self, y, rows=None):
        """Coefficients, cr1 errors and residuals, cluster dummies among the columns."""
        beta = np.linalg.lstsq(self.full, y, rcond=None)[0]
        residual = y - self.full @ beta
        bread = np.linalg.pinv(self.full.T @ self.full)
        sums = np.array(
            [(self.full * residual[:, None])[self.cluster == g].sum(axis=0) for g in self.groups]
        )
        variance = self.factor * bread @ (sums.T @ sums) @ bread
        return beta, np.sqrt(np.diag(variance)), residual

    @property
    def groups(self):
        return np.unique(self.cluster)

    @property
    def full(self):
        return np.column_stack([self.x, (self.cluster[:, None] == self.groups).astype(float)])


def rows(clusters=9, periods=5, seed=0, effect=0.3):
    """Return an unbalanced panel of clusters with two coefficients of interest."""
    generator = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(clusters), 3 * periods)
    period = np.tile(np.arange(periods), 3 * clusters)
    kept = generator.random(len(cluster)) > 0.2
    cluster, period = cluster[kept], period[kept]
    treated = (cluster % 2 == 0) & (period >= 2)
    dose = treated * (1 + cluster / clusters)
    control = generator.normal(size=len(cluster)) + 0.2 * dose
    x = np.column_stack(
        [
            *[(period == t).astype(float) for t in range(1, periods)],
            control,
            dose,
            treated * (period == periods - 1),
        ]
    )
    shock = generator.normal(size=(clusters, periods))[cluster, period]
    y = effect * dose + 0.5 * control + shock + generator.normal(size=len(cluster))
    width = x.shape[1]
    return Rows(x, y, cluster, np.array([width - 2, width - 1]), 1.07)


def moments_of(given: Rows) -> ClusterMoments:
    """Return the moments after each cluster is demeaned."""
    x, y = given.x.copy(), given.y.copy()
    for g in given.groups:
        own = given.cluster == g
        x[own] -= x[own].mean(axis=0)
        y[own] -= y[own].mean()
    parts = [given.cluster == g for g in given.groups]
    gram = np.array([x[own].T @ x[own] for own in parts])
    moment = np.array([x[own].T @ y[own] for own in parts])
    beta = np.linalg.solve(gram.sum(axis=0), moment.sum(axis=0))
    return ClusterMoments(gram, moment, beta, given.interest, ("a", "b"), given.factor)


@dataclass(frozen=True)
class Clustered:
    """What tests of resampling make rows and moments with."""

    rows: Callable[..., Rows]
    moments_of: Callable[[Rows], ClusterMoments]


@pytest.fixture
def clustered() -> Clustered:
    return Clustered(rows, moments_of)
