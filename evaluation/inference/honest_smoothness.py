"""Fixed-length intervals under a bound on how much a trend may bend.

Source: Rambachan and Roth (2023), Review of Economic Studies 90(5), sections 2.4.2 and 4.1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from evaluation.data.model_data import FloatArray
from evaluation.inference.intervals import critical_value
from evaluation.inference.lasso_path import Knot, lasso_path
from evaluation.inference.trend_path import HonestInterval, TrendPath

# Lengths that differ by a smaller share are the same, so that a knot is met exactly.
ROUNDING = 1e-13


def smoothness(path: TrendPath, bound: float, level: float = 0.05) -> HonestInterval:
    """Return the shortest fixed-length interval if the trend's slope changes by at most ``bound``.

    The violation's slope changes by at most ``bound`` from one period to the next. The interval is
    centred at an affine estimator, ``weights @ target + slopes @ coefficients before the base``:
    of all that linear trends do not bias, the one whose half-length, a standard error times the
    quantile of |N(bias / standard error, 1)|, is least.

    Parameters
    ----------
    path
        Coefficients around the base.
    bound
        At least 0, in units of the outcome a period squared; 0 extrapolates a line.
    level
        One less the coverage.
    """
    centre, half = fixed_length(path, bound, level)
    outer = bound * float(np.abs(bends_after(path)).sum())
    line = trend_of(path) * float(path.weights @ path.times[path.before :])
    middle = path.estimate - line
    known = bends(path) <= bound * (1 + 1e-12)
    return HonestInterval(
        centre - half,
        centre + half,
        middle - outer if known else None,
        middle + outer if known else None,
    )


def bends(path: TrendPath) -> float:
    """Return the largest estimated change of slope up to the base, in absolute value."""
    slopes = path.steps[: path.before] @ path.estimates
    return float(np.abs(np.diff(slopes)).max()) if len(slopes) > 1 else 0.0


def trend_of(path: TrendPath) -> float:
    """Return the estimated change in the last period up to the base."""
    return float(path.steps[path.before - 1] @ path.estimates)


def bends_after(path: TrendPath) -> FloatArray:
    """Return what each change of slope from the base on adds to the target, shape ``(last,)``."""
    later = path.times[path.before :]
    since = later[:, None] - np.arange(int(later.max()))
    added: FloatArray = path.weights @ np.maximum(since, 0)
    return added


def fixed_length(path: TrendPath, bound: float, level: float) -> tuple[float, float]:
    """Return the centre and half-length of the shortest interval of fixed length.

    Estimators without bias from lines differ in what they make of each change of slope before the
    base: the worst bias is ``bound`` times the sum of these in absolute value, and the variance is
    quadratic in them. The best trade-offs are the path of a lasso.

    Parameters
    ----------
    path, bound, level
        As in :func:`smoothness`.
    """
    problem = _Problem.of(path, bound, level)
    knots = lasso_path(problem.curvature, problem.gradient)
    lengths = [problem.half_length(knot.values) for knot in knots]
    best = int(np.argmin(lengths))
    half, values = lengths[best], knots[best].values
    for first in (best - 1, best):
        if 0 <= first < len(knots) - 1:
            length, between = _between(problem, knots[first], knots[first + 1])
            if length < half * (1 - ROUNDING):
                half, values = length, between
    slopes = problem.start + problem.shape @ values
    centre = path.estimate + float(slopes @ path.estimates[: path.before])
    return centre, half


@dataclass(frozen=True)
class _Problem:
    """Variance and worst bias of the estimators that lines do not bias."""

    variance: float
    curvature: FloatArray
    gradient: FloatArray
    start: FloatArray
    shape: FloatArray
    bound: float
    bias: float
    level: float

    @classmethod
    def of(cls, path: TrendPath, bound: float, level: float) -> _Problem:
        n = path.before
        reach = float(path.weights @ path.times[n:])
        # Weights on the coefficients before the base are second differences of what the
        # estimator makes of each change of slope; the latest, at the base, is given.
        difference = np.zeros((n, n))
        for s in range(1, n + 1):
            for column, factor in ((s - 1, 1.0), (s, -2.0), (s + 1, 1.0)):
                if column < n:
                    difference[n - s, column] += factor
        start, shape = difference[:, 0] * reach, difference[:, 1:]
        own = path.covariance[:n, :n]
        both = own @ start + path.covariance[:n, n:] @ path.weights
        direction = np.concatenate([start, path.weights])
        return cls(
            variance=float(direction @ path.covariance @ direction),
            curvature=shape.T @ own @ shape,
            gradient=-shape.T @ both,
            start=start,
            shape=shape,
            bound=bound,
            bias=float(np.abs(bends_after(path)).sum()),
            level=level,
        )

    def half_length(self, values: FloatArray) -> float:
        """Return the half-length of the interval whose estimator has these values."""
        variance = self.variance + float(values @ (self.curvature @ values - 2 * self.gradient))
        error = float(np.sqrt(max(variance, 0.0)))
        bias = self.bound * (self.bias + float(np.abs(values).sum()))
        if error == 0.0:
            return bias
        return error * folded_quantile(bias / error, self.level)


def _between(problem: _Problem, one: Knot, other: Knot) -> tuple[float, FloatArray]:
    """Return the least half-length on the line between two knots, where it is convex."""

    def length(share: float) -> float:
        return problem.half_length(one.values + share * (other.values - one.values))

    found = optimize.minimize_scalar(
        length, bounds=(0.0, 1.0), method="bounded", options={"xatol": 1e-12}
    )
    return float(found.fun), one.values + float(found.x) * (other.values - one.values)


def folded_quantile(bias: float, level: float) -> float:
    """Return the quantile 1 - ``level`` of |N(bias, 1)|.

    Parameters
    ----------
    bias
        At least 0, in standard errors.
    level
        Between 0 and 1.
    """

    def excess(cut: float) -> float:
        inside = special.ndtr(np.array([cut, -cut]) - bias)
        return float(inside[0] - inside[1]) - (1 - level)

    low, high = bias + critical_value(1 - level), bias + critical_value(1 - level / 2)
    return float(optimize.brentq(excess, low - 1e-9, high + 1e-9, xtol=1e-14, rtol=1e-14))
