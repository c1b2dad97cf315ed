"""The conditional least-favourable hybrid test of moment inequalities, vertex by vertex.

Source: Andrews, Roth and Pakes (2023), Review of Economic Studies 90(6), sections 4 and 5;
Rambachan and Roth (2023), Review of Economic Studies 90(5), section 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from evaluation.data.model_data import FloatArray
from evaluation.inference.trend_path import TrendPath

# Vertices whose moments move one for one limit nothing.
PARALLEL = 1e-9
# Size of the first stage as a share of the level.
FIRST_STAGE = 0.1
MOST_ANGLES = 1000


@dataclass(frozen=True)
class Moments:
    """Inequalities on a target, as the vertices of the dual of their linear programme.

    Attributes
    ----------
    path
        The coefficients.
    vertices
        Weights on the coefficients, shape ``(K, n + T)``.
    slopes
        What each takes off per unit of the target, shape ``(K,)``: under the hypothesis that the
        target is ``theta`` the mean of ``vertices @ estimates - slopes * theta`` is at most zero.
    """

    path: TrendPath
    vertices: FloatArray
    slopes: FloatArray

    @cached_property
    def covariance(self) -> FloatArray:
        """Of the vertices' values, shape ``(K, K)``."""
        return np.asarray(self.vertices @ self.path.covariance @ self.vertices.T)


class ConditionalTest:
    """The hybrid test of every value of a target, at one level.

    ``first`` is the critical value of the first stage, from :func:`least_favourable`. That stage,
    of size kappa, a tenth of the level, rejects where the largest vertex exceeds it; the second, of
    size (level - kappa) / (1 - kappa), compares the largest vertex with the truncated normal
    distribution given which one it is.
    """

    def __init__(self, moments: Moments, first: float, level: float) -> None:
        kappa = FIRST_STAGE * level
        self._slopes = moments.slopes
        self._values = moments.vertices @ moments.path.estimates
        self._covariance = moments.covariance
        self._size = (level - kappa) / (1 - kappa)
        self._first = first

    def limits(self) -> tuple[float, float] | None:
        """Return the values that the first stage leaves, ``None`` where it leaves none."""
        flat = self._slopes == 0
        if np.any(self._values[flat] > self._first):
            return None
        ends = (self._values[~flat] - self._first) / self._slopes[~flat]
        up = self._slopes[~flat] > 0
        low, high = float(ends[up].max()), float(ends[~up].min())
        return (low, high) if low <= high else None

    def accepts(self, values: FloatArray) -> NDArray[np.bool_]:
        """Say which values of the target are not rejected, shape ``(G,)``."""
        moments = self._values - np.multiply.outer(values, self._slopes)
        largest = moments.argmax(axis=1)
        accepted = np.empty(len(values), dtype=np.bool_)
        for k in np.unique(largest):
            own = largest == k
            accepted[own] = self._accepted_at(int(k), moments[own])
        return accepted

    def _accepted_at(self, k: int, moments: FloatArray) -> NDArray[np.bool_]:
        """Decide where vertex ``k`` is the largest; ``moments`` has shape ``(g, K)``."""
        eta = moments[:, k]
        variance = self._covariance[k, k]
        if variance <= np.finfo(float).eps:
            return np.asarray(eta <= 0)
        along = self._covariance[k] / variance
        rest = moments - np.multiply.outer(eta, along)
        free = 1.0 - along
        low = np.full(len(eta), -np.inf)
        high = np.full(len(eta), np.inf)
        under, over = free > PARALLEL, free < -PARALLEL
        if under.any():
            low = (rest[:, under] / free[under]).max(axis=1)
        if over.any():
            high = (rest[:, over] / free[over]).min(axis=1)
        error = np.sqrt(variance)
        beyond = share_beyond(
            eta / error, np.minimum(low, eta) / error, np.minimum(high, self._first) / error
        )
        return np.asarray((eta <= self._first) & ((eta <= 0) | (beyond >= self._size)))


def share_beyond(value: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Return the chance that a normal variable held between two ends exceeds a value.

    Parameters
    ----------
    value, low, high
        In standard errors from the mean, ``low <= value``, same shape; zero where the ends leave
        nothing beyond the value.
    """
    tail = special.log_ndtr(-value)
    with np.errstate(divide="ignore", invalid="ignore"):
        cut = special.log_ndtr(-np.maximum(high, value))
        above = -np.expm1(cut - tail)
        whole = -np.expm1(cut - special.log_ndtr(-low))
        share = np.exp(tail - special.log_ndtr(-low)) * above / whole
    return np.where((high > value) & (whole > 0), share, 0.0)


def least_favourable(covariance: FloatArray, kappa: float, draws: int, seed: int) -> float:
    """Return the value that the largest of jointly normal moments exceeds with chance ``kappa``.

    Directions are drawn on the sphere and the radius is integrated out. In two dimensions, where a
    thousand that are spread evenly from a drawn start give six digits, no more are drawn.

    Parameters
    ----------
    covariance
        Of the moments, of any rank, shape ``(K, K)``.
    kappa
        Between 0 and 1, small.
    draws, seed
        Number of directions and their seed.
    """
    values, vectors = np.linalg.eigh(covariance)
    kept = values > 1e-12 * values.max()
    root = vectors[:, kept] * np.sqrt(values[kept])
    rank = int(kept.sum())
    reach = (_directions(rank, draws, seed) @ root.T).max(axis=1)
    reach = np.maximum(reach, np.finfo(float).tiny)

    def excess(value: float) -> float:
        with np.errstate(over="ignore"):
            return float(special.gammaincc(rank / 2, (value / reach) ** 2 / 2).mean()) - kappa

    high = float(reach.max() * np.sqrt(special.chdtri(rank, kappa)))
    if excess(high) >= 0:
        # All directions reach equally far, and the end is the value but for rounding.
        return high
    return float(optimize.brentq(excess, 0.0, high, xtol=1e-12 * high, rtol=1e-12))


def _directions(rank: int, draws: int, seed: int) -> FloatArray:
    """Return unit vectors, shape ``(m, rank)``."""
    generator = np.random.default_rng(seed)
    if rank == 1:
        return np.array([[1.0], [-1.0]])
    if rank == 2:
        count = min(draws, MOST_ANGLES)
        angle = 2 * np.pi * (np.arange(count) + generator.random()) / count
        return np.column_stack([np.cos(angle), np.sin(angle)])
    normal = generator.standard_normal((draws, rank))
    unit: FloatArray = normal / np.linalg.norm(normal, axis=1, keepdims=True)
    return unit
