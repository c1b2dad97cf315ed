"""A difference of discontinuities, and each of them, with one covariance of all local fits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import factorial, sqrt
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from evaluation.data.model_data import FloatArray
from evaluation.estimators._cct.bandwidths import bandwidths
from evaluation.estimators._cct.combination import combination_of
from evaluation.estimators._cct.local import BoolArray, LocalFit, local_fits
from evaluation.estimators._cct.parts import restricted, without_partial
from evaluation.estimators._cct.points import MassPoints
from evaluation.estimators._cct.request import Request
from evaluation.estimators._cct.variance import Influence, covariance, groups_inside
from evaluation.estimators._difference.points import Parted

Kind = TypeVar("Kind", bound=np.generic)


@dataclass(frozen=True)
class Change:
    """A discontinuity above less below, or a difference of several.

    Attributes
    ----------
    estimate, std_error
        Conventional.
    corrected, robust_std_error
        Bias-corrected estimate, and an error that counts the correction.
    independent, robust_independent
        The two errors with all local fits as if independent.
    """

    estimate: float
    corrected: float
    std_error: float
    robust_std_error: float
    independent: float
    robust_independent: float


@dataclass(frozen=True)
class Arm:
    """One side of one part; arrays are over all P points.

    Attributes
    ----------
    plain, bias
        Fits of order p at h and of order q at b.
    level, corrected
        What either estimate takes of each point.
    union
        Points inside either bandwidth.
    whole
        Points inside h that are wholly on the side.
    """

    plain: LocalFit
    bias: LocalFit
    level: FloatArray
    corrected: FloatArray
    union: BoolArray
    whole: BoolArray


@dataclass(frozen=True)
class Window:
    """What lies inside the bandwidth on one side of one part.

    Attributes
    ----------
    rows
        Rows inside h.
    clusters
        Clusters inside either bandwidth, which the factor counts; ``None`` without clusters.
    factor
        Small-sample factor of the conventional error; ``None`` without clusters.
    """

    rows: int
    clusters: int | None
    factor: float | None


@dataclass(frozen=True)
class DifferenceFit:
    """A difference of discontinuities.

    Attributes
    ----------
    change
        The difference.
    parts
        The discontinuity of each part.
    windows
        Of each part, below and above.
    h, b
        Bandwidths of estimate and bias, the same on both sides of every part.
    order
        Of the polynomials.
    partial
        Rows partly on either side.
    """

    change: Change
    parts: tuple[Change, ...]
    windows: tuple[tuple[Window, Window], ...]
    h: float
    b: float
    order: int
    partial: int


def chosen_bandwidths(points: MassPoints, request: Request) -> tuple[float, float]:
    """Return one bandwidth of the estimate and one of the bias, chosen for all rows together.

    Parameters
    ----------
    points
        Of all rows, parts taken together.
    request
        What is asked; its rule gives both sides the same.

    Raises
    ------
    EstimationError
        Where the points cannot carry a pilot fit, or no bandwidth is finite.
    """
    (h, _), (b, _) = bandwidths(without_partial(points), request)
    return h, b


def fit_parted(
    parted: Parted, signs: tuple[int, ...], request: Request, h: float, b: float
) -> DifferenceFit:
    """Estimate the difference of discontinuities.

    Every local fit is that of ``rd_robust`` in its part at the common bandwidths; their biases are
    corrected together (Calonico, Cattaneo and Titiunik 2014, Econometrica 82(6), theorem 1), and
    clusters with rows in several fits make them dependent. The factor of an error's part in one
    fit is rdrobust's, (n - 1) / (n - k) × G / (G - 1), with the root of two factors' product
    between two fits.

    Parameters
    ----------
    parted
        Mass points by part.
    signs
        What each part's discontinuity counts for.
    request
        Order, derivative, kernel and variance.
    h, b
        Bandwidths.

    Raises
    ------
    EstimationError
        Where too few distinct values of the running variable lie within a bandwidth.
    NeedsRows
        Where the points do not hold what the variance needs.
    """
    points = parted.points
    pairs = [_arms(parted, at, request, h, b) for at in range(len(signs))]
    arms = [arm for pair in pairs for arm in pair]
    combination = combination_of(points, [arm.plain for arm in arms]).outcome
    scale = factorial(request.derivative)
    value = scale * points.moments.weight * (points.moments.mean @ combination)
    levels = np.array([arm.level @ value for arm in arms])
    corrected = np.array([arm.corrected @ value for arm in arms])
    p = request.order
    plain = [Influence(arm.level, arm.plain.fitted, arm.union, p + 1) for arm in arms]
    robust = [Influence(arm.corrected, arm.bias.fitted, arm.union, p + 2) for arm in arms]
    of_plain, of_robust = (
        scale**2 * _covariance(parted, request.variance, one, combination)
        for one in (plain, robust)
    )
    jumps = np.kron(np.eye(len(signs)), [-1.0, 1.0])

    def change(loading: FloatArray) -> Change:
        return Change(
            float(loading @ levels),
            float(loading @ corrected),
            _root(loading @ of_plain @ loading),
            _root(loading @ of_robust @ loading),
            _root(loading**2 @ np.diag(of_plain)),
            _root(loading**2 @ np.diag(of_robust)),
        )

    windows = [
        _window(points, arm, one, request.variance) for arm, one in zip(arms, plain, strict=True)
    ]
    return DifferenceFit(
        change=change(np.asarray(signs, dtype=np.float64) @ jumps),
        parts=tuple(change(jump) for jump in jumps),
        windows=tuple(zip(windows[::2], windows[1::2], strict=True)),
        h=h,
        b=b,
        order=p,
        partial=sum(_partial(points, *pair) for pair in pairs),
    )


def _arms(parted: Parted, at: int, request: Request, h: float, b: float) -> tuple[Arm, Arm]:
    """Return the local fits of one part, placed among all points."""
    here = parted.part == at
    points = restricted(parted.points, here)
    p = request.order
    plain = local_fits(points, p, (h, h), request.kernel)
    bias = local_fits(points, p + 1, (b, b), request.kernel)
    # The bias of order p at h is the next power's coefficient, estimated at b, times what the fit
    # of order p makes of that power: of either side's, where a point is partly on both.
    power = points.moments.weight * points.x ** (p + 1)
    found = []
    for own, other, own_share in zip(plain, bias, points.shares, strict=True):
        level = corrected = own.level[request.derivative]
        for share, next_fit in zip(points.shares, bias, strict=True):
            corrected = corrected - float(level @ (share * power)) * next_fit.level[p + 1]
        found.append(
            Arm(
                _placed_fit(own, here),
                _placed_fit(other, here),
                _placed(level, here),
                _placed(corrected, here),
                _placed(own.inside | other.inside, here),
                _placed(own.inside & (own_share == 1), here),
            )
        )
    return found[0], found[1]


def _placed(values: NDArray[Kind], here: BoolArray) -> NDArray[Kind]:
    """Return values of some points among all points, zero at the others."""
    found = np.zeros((len(here), *values.shape[1:]), dtype=values.dtype)
    found[here] = values
    return found


def _placed_fit(fit: LocalFit, here: BoolArray) -> LocalFit:
    return replace(
        fit,
        inside=_placed(fit.inside, here),
        kernel=_placed(fit.kernel, here),
        level=_placed(fit.level.T, here).T,
        fitted=_placed(fit.fitted, here),
    )


def _covariance(
    parted: Parted, kind: str, influences: list[Influence], combination: FloatArray
) -> FloatArray:
    """Return the covariance of all local fits, two a part.

    Rows that count as independent are of one part, whose neighbours are sought in it alone.
    """
    if kind == "cr1":
        return covariance(parted.points, kind, influences, combination)
    found = np.zeros((len(influences), len(influences)))
    for at in range(len(influences) // 2):
        here = parted.part == at
        own = [_of_part(one, here) for one in influences[2 * at : 2 * at + 2]]
        place = slice(2 * at, 2 * at + 2)
        found[place, place] = covariance(restricted(parted.points, here), kind, own, combination)
    return found


def _of_part(one: Influence, here: BoolArray) -> Influence:
    return Influence(one.level[here], one.fitted[here], one.inside[here], one.k)


def _window(points: MassPoints, arm: Arm, one: Influence, kind: str) -> Window:
    rows = int(points.rows[arm.whole].sum())
    if kind != "cr1":
        return Window(rows, None, None)
    n, groups = one.rows(points), groups_inside(points, one.inside)
    usable = n > one.k and groups > 1
    factor = (n - 1) / (n - one.k) * groups / (groups - 1) if usable else float("nan")
    return Window(rows, groups, factor)


def _partial(points: MassPoints, below: Arm, above: Arm) -> int:
    return int(points.rows[below.plain.inside & above.plain.inside].sum())


def _root(variance: Any) -> float:
    # A variance of zero may come out as less by rounding; one that is not a number stays so.
    return sqrt(max(float(variance), 0.0)) if np.isfinite(variance) else float("nan")
