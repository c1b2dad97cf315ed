"""What a pre-test would find of a linear trend, and what it leaves of it in the estimates.

Source: Roth (2022), American Economic Review: Insights 4(3), sections 1 and 2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize

from evaluation.data.model_data import FloatArray
from evaluation.inference.box_normal import box_normal
from evaluation.inference.wald import wald


@dataclass(frozen=True)
class Pretest:
    """Coefficients before treatment, the target after it, and what a line makes of each.

    Attributes
    ----------
    estimates, covariance
        Coefficients before treatment, shapes ``(n,)`` and ``(n, n)``.
    shape
        What a trend with slope one adds to each, shape ``(n,)``.
    with_target
        Covariance of each with the target, shape ``(n,)``.
    target_shape
        What a trend with slope one adds to the target.
    critical
        A coefficient is found where it exceeds this many of its standard errors.
    """

    estimates: FloatArray
    covariance: FloatArray
    shape: FloatArray
    with_target: FloatArray
    target_shape: float
    critical: float

    @property
    def half(self) -> FloatArray:
        """How large each coefficient may be and not be found, shape ``(n,)``."""
        return self.critical * np.sqrt(np.diag(self.covariance))


@dataclass(frozen=True, slots=True)
class PretestPower:
    """What a pre-test does against one trend.

    Attributes
    ----------
    slope
        Of the trend, a period.
    power
        Chance that some coefficient before treatment is found.
    bias
        What the trend adds to the target.
    conditional_bias
        The same, on average over samples in which no coefficient is found.
    bayes_factor
        Chance that none is found with the trend, over that without.
    likelihood_ratio
        Density of the coefficients at hand with the trend, over that without.
    """

    slope: float
    power: float
    bias: float
    conditional_bias: float
    bayes_factor: float
    likelihood_ratio: float


def pretest_power(test: Pretest, slope: float, draws: int, seed: int) -> PretestPower:
    """Return what the test that no single coefficient is significant does against a trend.

    Parameters
    ----------
    test
        The coefficients.
    slope
        Of the trend, in units of the outcome a period.
    draws, seed
        Of the probabilities; without effect where one coefficient lies before treatment.
    """
    drift = slope * test.shape
    with_trend = box_normal(drift, test.covariance, test.half, draws, seed)
    without = box_normal(np.zeros(len(drift)), test.covariance, test.half, draws, seed)
    carried = np.linalg.solve(test.covariance, test.with_target)
    precise = np.linalg.solve(test.covariance, drift)
    return PretestPower(
        slope=slope,
        power=1.0 - with_trend.probability,
        bias=slope * test.target_shape,
        conditional_bias=slope * test.target_shape + float(carried @ (with_trend.mean - drift)),
        bayes_factor=with_trend.probability / without.probability,
        likelihood_ratio=float(np.exp(precise @ (test.estimates - drift / 2))),
    )


def slope_for_power(test: Pretest, power: float, draws: int, seed: int) -> float | None:
    """Return the positive slope that the test finds with a given chance.

    Parameters
    ----------
    test, draws, seed
        As in :func:`pretest_power`.
    power
        Between 0 and 1.

    Returns
    -------
    float or None
        ``None`` where parallel trends are found to be violated at least as often, or a line moves
        no coefficient.
    """

    def excess(slope: float) -> float:
        inside = box_normal(slope * test.shape, test.covariance, test.half, draws, seed)
        return (1.0 - inside.probability) - power

    if excess(0.0) >= 0 or not np.any(test.shape):
        return None
    high = float((test.half / np.maximum(np.abs(test.shape), np.finfo(float).tiny)).min())
    while excess(high) < 0:
        high *= 2.0
    return float(optimize.brentq(excess, 0.0, high, xtol=1e-12 * high, rtol=1e-10))


def joint_power(
    drift: FloatArray, covariance: FloatArray, blocks: float | None, level: float = 0.05
) -> float:
    """Return the power of the Wald test that all coefficients are zero.

    Parameters
    ----------
    drift
        Means of the coefficients, shape ``(n,)``.
    covariance
        Shape ``(n, n)``.
    blocks
        Effective clusters, for Hotelling's reference; ``None`` for the chi-squared one.
    level
        Of the test.
    """
    from scipy import stats

    moved = wald(drift, covariance)
    q = moved.rank
    if q == 0:
        return 0.0
    if blocks is None:
        return float(stats.ncx2.sf(stats.chi2.ppf(1.0 - level, q), q, moved.statistic))
    left = blocks - q
    if left <= 0:
        return 0.0
    return float(stats.ncf.sf(stats.f.ppf(1.0 - level, q, left), q, left, moved.statistic))
