"""The bandwidth at which an interval is shortest, or the worst mean squared error smallest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import chain, repeat
from typing import Literal

import numpy as np

from evaluation.data.model_data import FloatArray
from evaluation.errors import EstimationError
from evaluation.estimators._cct.points import MassPoints
from evaluation.estimators._honest.jump import Jump, jump_at, std_error
from evaluation.estimators._honest.pilot import Pilot, variances_near
from evaluation.inference.bias_aware import half_length
from evaluation.spec.variance import VarianceKind

Rule = Literal["mse", "flci"]

# Bandwidths between the narrowest and the widest, a constant share apart.
TRIED = 1025

# Candidates looked at first, and whenever the search has narrowed to the neighbours of the best:
# few for a cost that runs smoothly, more for one that jumps wherever a point enters.
AT_ONCE = {"triangular": (33, 9), "epanechnikov": (33, 9), "uniform": (513, 65)}


@dataclass(frozen=True)
class Search:
    """What bandwidths cost, before any is chosen.

    Attributes
    ----------
    outcome
        For messages.
    candidates
        Bandwidths in ascending order.
    at_once
        Candidates looked at first, and later.
    parts
        Standard error expected at a bandwidth, from the pilot's residuals, and the worst bias if
        second derivatives are at most 1.
    """

    outcome: str
    candidates: FloatArray
    at_once: tuple[int, int]
    parts: Callable[[float], tuple[float, float]]

    def best(self, curvature: float, rule: Rule) -> float:
        """Return the bandwidth of least cost.

        Candidates are fixed by the points alone, so that rounding in the costs moves nothing.

        Parameters
        ----------
        curvature
            Bound on the second derivative.
        rule
            ``mse`` for variance plus squared worst bias, ``flci`` for the interval's length.

        Raises
        ------
        EstimationError
            Where no bandwidth has a positive error.
        """
        low, high = 0, len(self.candidates) - 1
        for together in chain(self.at_once[:1], repeat(self.at_once[1])):
            tried = np.unique(np.linspace(low, high, together).round().astype(np.int64))
            costs = [self._cost(float(self.candidates[at]), curvature, rule) for at in tried]
            best = int(np.argmin(costs))
            if not np.isfinite(costs[best]):
                raise EstimationError(
                    f"outcome {self.outcome}: the outcome varies too little near the cutoff to "
                    "choose a bandwidth: set a fixed bandwidth"
                )
            if len(tried) == high - low + 1:
                break
            low, high = int(tried[max(best - 1, 0)]), int(tried[min(best + 1, len(tried) - 1)])
        return float(self.candidates[tried[best]])

    def _cost(self, h: float, curvature: float, rule: Rule) -> float:
        error, bias = self.parts(h)
        positive = np.isfinite(error) and error > 0
        return _COSTS[rule](error, curvature * bias) if positive else np.inf


def _mse(error: float, bias: float) -> float:
    return error**2 + bias**2


_COSTS: dict[Rule, Callable[[float, float], float]] = {"mse": _mse, "flci": half_length}


def search_of(
    points: MassPoints, pilot: Pilot, kernel: str, kind: VarianceKind, least: int
) -> Search:
    """Return the search over bandwidths that reach some points on each side.

    With clusters the error at a bandwidth is that of the pilot's residuals, their covariance
    across points included. Independent rows count as equally variable on a side, because at a
    continuous running variable a bandwidth would otherwise follow single residuals.

    Parameters
    ----------
    points
        Moments at P points.
    pilot
        Fits that residuals come from.
    kernel
        A name in ``KERNELS``; with a uniform one candidates are the points' distances.
    kind
        Of variance.
    least
        Points that each side reaches at any bandwidth.

    Raises
    ------
    NeedsRows
        Where the points do not hold what the variance needs.
    """
    combination = pilot.combination.outcome
    distance, above = np.abs(points.x), points.x >= 0
    narrowest = max(float(np.sort(distance[side])[least - 1]) for side in (~above, above))
    if kernel == "uniform":
        candidates = np.unique(distance[distance >= narrowest])
    else:
        candidates = np.unique(np.geomspace(narrowest, float(distance.max()), TRIED))

    def clustered(jump: Jump) -> float:
        return std_error(points, jump, kind, combination, pilot.fitted)

    def independent(jump: Jump) -> float:
        sums = [float(fit.level[0] ** 2 @ squared) for fit in jump.sides]
        return float(np.sqrt(np.dot(sums, spreads)))

    error = clustered
    if kind != "cr1":
        error = independent
        spreads = variances_near(points, combination)
        squared = (points.moments if points.row_wise is None else points.row_wise.squared).weight

    @cache
    def parts(h: float) -> tuple[float, float]:
        jump = jump_at(points, h, kernel)
        return error(jump), jump.unit_bias

    return Search(points.outcome, candidates, AT_ONCE[kernel], parts)
