"""Bandwidths that minimise mean squared error, or coverage error, in three plug-in steps.

Calonico, Cattaneo and Titiunik (2014), Econometrica 82(6), section 2.6 and supplement S.2.6;
Calonico, Cattaneo and Farrell (2020), Econometrics Journal 23(2), for coverage error. The choices
of detail are rdrobust's, so that both engines find the same bandwidths.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, nan, sqrt

import numpy as np

from evaluation.data.model_data import FloatArray
from evaluation.errors import EstimationError
from evaluation.estimators._cct.local import BoolArray, local_fit
from evaluation.estimators._cct.parts import without_settled_treatment
from evaluation.estimators._cct.points import MassPoints
from evaluation.estimators._cct.request import Request
from evaluation.estimators._cct.search import Search, search_of
from evaluation.estimators._cct.spread import PAD, pilot
from evaluation.estimators._cct.variance import Influence, covariance, groups_inside

Pair = tuple[float, float]


@dataclass(frozen=True)
class Terms:
    """Parts of one side's mean squared error: variance, bias, and the bias's own variance."""

    variance: float
    bias: float
    regularisation: float


@dataclass(frozen=True)
class Stage:
    """One plug-in step: order of the fit, derivative, whether the bias is regularised."""

    order: int
    derivative: int
    regularised: bool

    def optimum(self, variance: float, bias: float, regularisation: float) -> float:
        """Return the bandwidth that balances variance and squared bias."""
        squared = bias**2 + (regularisation if self.regularised else 0.0)
        if squared == 0:
            return inf if variance > 0 else nan
        return float((variance / squared) ** (1 / (2 * self.order + 3)))


def _terms(search: Search, side: BoolArray, stage: Stage, h: float) -> Terms:
    """Return the parts for one side: variance at the pilot width, bias at bandwidth h."""
    points, request, width = search.points, search.request, search.width
    order, derivative = stage.order, stage.derivative
    fit = local_fit(points, side, order, width, request.kernel)
    combination = search.combination(fit, derivative)
    variance = _variance(
        points,
        request.variance,
        Influence(fit.level[derivative], fit.fitted, fit.inside, order + 1),
        combination,
    )
    leading = points.x ** (order + 1) / width ** (order + 1 - derivative)
    constant = float(fit.level[derivative] @ (points.moments.weight * leading))
    bias_fit = local_fit(points, side, order + 1, h, request.kernel)
    power = order + 1 - derivative
    bias = sqrt(2 * power) * constant * float(combination @ bias_fit.coefficients[-1])
    regularisation = 0.0
    if stage.regularised:
        influence = Influence(bias_fit.level[-1], bias_fit.fitted, bias_fit.inside, order + 2)
        own = _variance(points, request.variance, influence, combination)
        regularisation = 2 * power * 3 * constant**2 * own
    scale = (2 * derivative + 1) * width ** (2 * derivative + 1)
    return Terms(scale * variance, bias, regularisation)


def _variance(points: MassPoints, kind: str, one: Influence, combination: FloatArray) -> float:
    return float(covariance(points, kind, (one,), combination)[0, 0])


def _two(stage: Stage, below: Terms, above: Terms) -> Pair:
    first, second = (
        stage.optimum(side.variance, side.bias, side.regularisation) for side in (below, above)
    )
    return first, second


def _sum(stage: Stage, below: Terms, above: Terms) -> Pair:
    return _common(stage, below, above, below.bias + above.bias)


def _difference(stage: Stage, below: Terms, above: Terms) -> Pair:
    return _common(stage, below, above, above.bias - below.bias)


def _common(stage: Stage, below: Terms, above: Terms, bias: float) -> Pair:
    h = stage.optimum(
        below.variance + above.variance, bias, below.regularisation + above.regularisation
    )
    return h, h


_SOLVE: dict[str, Callable[[Stage, Terms, Terms], Pair]] = {
    "mse": _difference,
    "mse_two": _two,
    "mse_sum": _sum,
    "cer": _difference,
    "cer_two": _two,
    "cer_sum": _sum,
}


def bandwidths(points: MassPoints, request: Request) -> tuple[Pair, Pair]:
    """Return the bandwidths of the estimate and of its bias, each below and above the cutoff.

    Parameters
    ----------
    points
        Moments at P points, on both sides of the cutoff.
    request
        What is estimated, and ``rule``.

    Raises
    ------
    EstimationError
        Where the points cannot carry a pilot fit, or no bandwidth is finite.
    """
    bounds = pilot(points, request)
    if request.pilot_ratio == "sides":
        points = without_settled_treatment(points)
    search = search_of(points, request, bounds.width)
    below = points.x < 0
    p, q = request.order, request.order + 1
    two = request.rule.endswith("_two")
    most = bounds.farthest if two else (max(bounds.farthest),) * 2
    least = bounds.least if two else (max(bounds.least),) * 2

    def solved(stage: Stage, h: Pair, floor: Pair = (0.0, 0.0)) -> Pair:
        sides = [
            _terms(search, side, stage, at) for side, at in zip((below, ~below), h, strict=True)
        ]
        found = _SOLVE[request.rule](stage, *sides)
        lower, upper = (
            max(min(one, high), low) for one, high, low in zip(found, most, floor, strict=True)
        )
        if not (np.isfinite([lower, upper]).all() and min(lower, upper) > 0):
            raise EstimationError(
                f"outcome {points.outcome}: the running variable or the outcome varies too little "
                "to choose a bandwidth: set a fixed bandwidth"
            )
        return lower, upper

    widest = (bounds.farthest[0] * PAD, bounds.farthest[1] * PAD)
    d = solved(Stage(q + 1, q + 1, False), widest, least)
    b = solved(Stage(q, p + 1, True), d)
    h = solved(Stage(p, request.derivative, True), b)
    shrink = _coverage(points, request)
    return (h[0] * shrink, h[1] * shrink), b


def _coverage(points: MassPoints, request: Request) -> float:
    """Return the factor that turns bandwidths for mean squared error into those for coverage."""
    if not request.rule.startswith("cer"):
        return 1.0
    size = int(points.rows.sum())
    if request.variance == "cr1":
        size = sum(groups_inside(points, side) for side in (points.x < 0, points.x >= 0))
    p = request.order
    return float(size ** (-p / ((3 + p) * (3 + 2 * p))))
