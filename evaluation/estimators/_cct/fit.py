"""A regression discontinuity from mass points: conventional and bias-corrected, with variances."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import factorial, sqrt

import numpy as np

from evaluation.data.model_data import FloatArray
from evaluation.estimators._cct.bandwidths import Pair, bandwidths
from evaluation.estimators._cct.combination import Combination, combination_of, ratio
from evaluation.estimators._cct.local import BoolArray, LocalFit, local_fits
from evaluation.estimators._cct.parts import moved, without_partial
from evaluation.estimators._cct.points import MassPoints
from evaluation.estimators._cct.request import Request
from evaluation.estimators._cct.variance import Influence, covariance, groups_inside

# With fewer rows than this no bandwidth is chosen: all rows are used.
FEWEST_ROWS = 20


@dataclass(frozen=True)
class Estimate:
    """A change at the cutoff, above less below, with two centres and two standard errors.

    Attributes
    ----------
    estimate, std_error
        Conventional.
    corrected, robust_std_error
        Bias-corrected estimate, and an error that counts the correction.
    independent, robust_independent
        The two standard errors with the sides as if independent.
    shared, robust_shared
        Covariance of what the two sides give, which a joint variance has taken off twice; ``None``
        where nobody reckoned it.
    """

    estimate: float
    corrected: float
    std_error: float
    robust_std_error: float
    independent: float
    robust_independent: float
    shared: float | None = None
    robust_shared: float | None = None


@dataclass(frozen=True)
class CctFit:
    """A regression discontinuity; pairs are (below, above).

    Attributes
    ----------
    change
        What was asked: a jump or kink of the outcome, or in a fuzzy design its ratio to the
        treatment's.
    first_stage
        The treatment's own change; ``None`` in a sharp design.
    h, b
        Bandwidths of the estimate and of its bias.
    rows
        Rows inside ``h``, wholly on the side.
    mass_points
        Distinct values of the running variable inside ``h``, wholly on the side.
    clusters
        Clusters inside ``h``, with a row even partly on the side; ``None`` without.
    partial
        Rows partly on either side.
    """

    change: Estimate
    first_stage: Estimate | None
    h: Pair
    b: Pair
    rows: tuple[int, int]
    mass_points: tuple[int, int]
    clusters: tuple[int, int] | None
    partial: int = 0


@dataclass(frozen=True)
class _Side:
    """One side: fits of order p at h and q at b, and what either estimate takes of each point."""

    plain: LocalFit
    bias: LocalFit
    level: FloatArray
    corrected: FloatArray
    union: BoolArray


def fit_points(points: MassPoints, request: Request) -> CctFit:
    """Estimate a change at the cutoff from mass points.

    Robust bias correction: Calonico, Cattaneo and Titiunik (2014), Econometrica 82(6), theorems 1
    to 4; controls: Calonico, Cattaneo, Farrell and Titiunik (2019). A point partly on either side
    enters both polynomials by its shares; bandwidths are chosen without it.

    Parameters
    ----------
    points
        Moments at P points, from one collection for any number of requests.
    request
        What is asked.

    Raises
    ------
    EstimationError
        Where too few distinct values of the running variable lie within a bandwidth.
    NeedsRows
        Where the points do not hold what the variance needs.
    """
    points = moved(points, request.cutoff, request.donut)
    h, b = _bandwidths(points, request)
    sides = _sides(points, request, h, b)
    found = combination_of(points, [side.plain for side in sides])
    change = _jump(points, request, sides, found.outcome, found.outcome)
    first_stage = None
    if found.treatment is not None:
        first_stage = _jump(points, request, sides, found.treatment, found.treatment)
        change = _ratio(points, request, sides, found, change, first_stage)
    near = [side.plain.inside for side in sides]
    clusters = None
    if request.variance == "cr1":
        clusters = (groups_inside(points, near[0]), groups_inside(points, near[1]))
    whole = [one & (share == 1) for one, share in zip(near, points.shares, strict=True)]
    return CctFit(
        change=change,
        first_stage=first_stage,
        h=h,
        b=b,
        rows=(int(points.rows[whole[0]].sum()), int(points.rows[whole[1]].sum())),
        mass_points=(int(whole[0].sum()), int(whole[1].sum())),
        clusters=clusters,
        partial=int(points.rows[near[0] & near[1]].sum()),
    )


def _bandwidths(points: MassPoints, request: Request) -> tuple[Pair, Pair]:
    points = without_partial(points)
    if request.h is not None:
        return request.h, request.b or request.h
    if int(points.rows.sum()) < FEWEST_ROWS:
        widest = float(np.abs(points.x).max())
        return (widest, widest), (widest, widest)
    return bandwidths(points, request)


def _sides(points: MassPoints, request: Request, h: Pair, b: Pair) -> tuple[_Side, _Side]:
    p, at = request.order, request.derivative
    plain = local_fits(points, p, h, request.kernel)
    bias = local_fits(points, p + 1, b, request.kernel)
    # The bias of order p at h is the next power's coefficient, estimated at b, times what the fit
    # of order p makes of that power: of either side's, where a point is partly on both.
    power = points.moments.weight * points.x ** (p + 1)
    found = []
    for own, other in zip(plain, bias, strict=True):
        corrected = level = own.level[at]
        for share, next_fit in zip(points.shares, bias, strict=True):
            corrected = corrected - float(level @ (share * power)) * next_fit.level[p + 1]
        found.append(_Side(own, other, level, corrected, own.inside | other.inside))
    return found[0], found[1]


def _jump(
    points: MassPoints,
    request: Request,
    sides: tuple[_Side, _Side],
    combination: FloatArray,
    in_errors: FloatArray,
) -> Estimate:
    """Return the change of one combination of variables, with the errors of another."""
    scale = factorial(request.derivative)
    value = points.moments.weight * (points.moments.mean @ combination)
    levels = scale * (sides[1].level - sides[0].level)
    corrected = scale * (sides[1].corrected - sides[0].corrected)
    # Rows of both windows count in n and G of either error, and the robust error has the k of
    # order q whether or not h equals b: rdrobust's choices.
    p = request.order
    plain = [Influence(s.level, s.plain.fitted, s.union, p + 1) for s in sides]
    robust = [Influence(s.corrected, s.bias.fitted, s.union, p + 2) for s in sides]
    errors = []
    for influences in (plain, robust):
        matrix = scale**2 * covariance(points, request.variance, influences, in_errors)
        apart, shared = float(np.trace(matrix)), float(matrix[0, 1])
        joint = apart - 2 * shared if request.sides == "joint" else apart
        errors.append((_root(joint), _root(apart), shared))
    (error, apart_error, shared), (robust_error, robust_apart, robust_shared) = errors
    return Estimate(
        estimate=float(levels @ value),
        corrected=float(corrected @ value),
        std_error=error,
        robust_std_error=robust_error,
        independent=apart_error,
        robust_independent=robust_apart,
        shared=shared,
        robust_shared=robust_shared,
    )


def _root(variance: float) -> float:
    # A variance of zero may come out as less by rounding; one that is not a number stays so.
    return sqrt(max(variance, 0.0)) if np.isfinite(variance) else float("nan")


def _ratio(
    points: MassPoints,
    request: Request,
    sides: tuple[_Side, _Side],
    found: Combination,
    outcome: Estimate,
    treatment: Estimate,
) -> Estimate:
    """Return the ratio of two changes, its bias and errors to first order."""
    late = ratio(points, found, outcome.estimate, treatment.estimate)
    moving = _jump(points, request, sides, found.outcome, late)
    estimate = outcome.estimate / treatment.estimate
    bias = (outcome.estimate - outcome.corrected) / treatment.estimate
    bias -= estimate * (treatment.estimate - treatment.corrected) / treatment.estimate
    return replace(moving, estimate=estimate, corrected=estimate - bias)
