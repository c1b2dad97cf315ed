"""One change of slope with its errors, by itself or with sides that meet."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from evaluation.data.model_data import FloatArray
from evaluation.estimators._cct.combination import combination_of
from evaluation.estimators._cct.fit import CctFit, Estimate, fit_points
from evaluation.estimators._cct.local import local_fit
from evaluation.estimators._cct.points import MassPoints
from evaluation.estimators._cct.request import Request
from evaluation.estimators._kink.joined import Joined, change_of, error_of, joined_fit
from evaluation.estimators._kink.worst_bias import curvature_loading


@dataclass(frozen=True)
class Kink:
    """A change of slope at the cutoff, above less below.

    Attributes
    ----------
    fit
        Estimate, errors and windows.
    loading
        Largest bias for each unit by which the second derivative varies, below and above.
    """

    fit: CctFit
    loading: tuple[float, float]


def kink_of(points: MassPoints, request: Request, meet: float | None) -> Kink:
    """Estimate a change of slope.

    Where the sides meet in one level, the bias-corrected estimate is the joint fit of the next
    order at the same bandwidth: what bias correction gives where both bandwidths are one.

    Parameters
    ----------
    points
        Moments at P points.
    request
        What is asked, ``derivative`` 1.
    meet
        Where the sides have one level, from the cutoff; ``None`` where each has its own.

    Raises
    ------
    EstimationError
        Where too few distinct values of the running variable lie within a bandwidth.
    NeedsRows
        Where the points do not hold what the variance needs.
    """
    found = fit_points(points, request)
    p, h = request.order, found.h
    if meet is None:
        return Kink(found, curvature_loading(points.x, _weights(points, request, h)))
    width = min(h)
    combination = combination_of(
        points,
        [local_fit(points, side, p, width, request.kernel) for side in _sides(points)],
    ).outcome
    plain, wider = (joined_fit(points, q, width, request.kernel, meet) for q in (p, p + 1))
    change = _change(points, request, (plain, wider), combination)
    loading = curvature_loading(points.x - meet, plain.level * points.moments.weight)
    return Kink(replace(found, change=change, h=(width, width), b=(width, width)), loading)


def _sides(points: MassPoints) -> tuple[np.ndarray, np.ndarray]:
    above = points.x >= 0
    return ~above, above


def _weights(points: MassPoints, request: Request, h: tuple[float, float]) -> FloatArray:
    """Return what every point's mean adds to the conventional change of slope."""
    below, above = (
        local_fit(points, side, request.order, width, request.kernel).level[1]
        for side, width in zip(_sides(points), h, strict=True)
    )
    weights: FloatArray = (above - below) * points.moments.weight
    return weights


def _change(
    points: MassPoints, request: Request, fits: tuple[Joined, Joined], combination: FloatArray
) -> Estimate:
    joint = request.sides == "joint"
    errors = [error_of(points, fit, request.variance, combination) for fit in fits]
    plain, robust = (one[0] if joint else one[1] for one in errors)
    estimate, corrected = (change_of(points, fit, combination) for fit in fits)
    return Estimate(
        estimate=estimate,
        corrected=corrected,
        std_error=plain,
        robust_std_error=robust,
        independent=errors[0][1],
        robust_independent=errors[1][1],
    )
