"""The ratio with a robust bias-corrected interval, and its Anderson–Rubin set."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from evaluation.data.model_data import FloatArray, ModelData
from evaluation.errors import EstimationError
from evaluation.estimators._cct.combined import combined
from evaluation.estimators._cct.fit import CctFit, fit_points
from evaluation.estimators._cct.parts import without_partial
from evaluation.estimators._cct.points import MassPoints
from evaluation.estimators._cct.request import Request
from evaluation.estimators._fuzzy.stages import (
    Stages,
    require_first_stage,
    require_varying,
    set_details,
    stage_details,
    stages_of,
    weakness,
)
from evaluation.estimators._honest.found import Asked, Found
from evaluation.estimators._problem import DetailValue
from evaluation.estimators._rd import mass_points, require_mass_points, sign_of
from evaluation.estimators.contract import Setting, Term
from evaluation.inference.intervals import interval


def robust(data: ModelData, points: MassPoints, asked: Asked, n_clusters: int | None) -> Found:
    """Fit, with the bandwidth of rd_robust for the outcome less ratio × treatment.

    Parameters
    ----------
    data
        Rows or cells of one outcome.
    points
        Its mass points, with the treatment.
    asked
        The model.
    n_clusters
        Clusters among all rows.

    Raises
    ------
    DataError
        Where too few mass points lie within the bandwidth, or the treatment does not change.
    EstimationError
        Where the ratio has no positive standard error.
    """
    setting = asked.setting
    options = setting.options
    request = replace(_request(setting), derivative=asked.derivative)
    if request.h is not None:
        require_varying(points, request.h)
    found = fit_points(points, request)
    require_varying(points, found.h)
    running, narrower = without_partial(points).x, min(found.h)
    require_mass_points(running, data.outcome, asked.least, narrower)
    plain, corrected = _stages(points, request, found)
    require_first_stage(data.outcome, plain)
    change = found.change
    numbers = [change.estimate, change.corrected, change.std_error, change.robust_std_error]
    if not np.all(np.isfinite(numbers)) or change.robust_std_error <= 0:
        raise EstimationError(
            f"outcome {data.outcome}: the ratio has no finite standard error: set a wider fixed "
            "bandwidth or a lower order"
        )
    df = None
    if setting.inference.distribution == "t":
        df = sum(found.rows) + found.partial - 2.0 * (options.order + 1)
        if setting.inference.variance == "cr1" and n_clusters is not None:
            df = n_clusters - 1.0
    ends = interval(change.corrected, change.robust_std_error, df)
    accepted = corrected.accepted(df)
    below, above = mass_points(running, narrower)
    details: tuple[tuple[str, str, DetailValue], ...] = (
        ("", "robust_estimate", change.corrected),
        ("", "robust_std_error", change.robust_std_error),
        *stage_details(plain, sign_of(setting.design), df),
        *set_details(accepted),
        ("", "bandwidth_below", found.h[0]),
        ("", "bandwidth_above", found.h[1]),
        ("", "bias_bandwidth_below", found.b[0]),
        ("", "bias_bandwidth_above", found.b[1]),
        ("", "n_obs_within_below", found.rows[0]),
        ("", "n_obs_within_above", found.rows[1]),
        ("", "mass_points_within_below", below),
        ("", "mass_points_within_above", above),
        ("", "kernel", options.kernel),
        ("", "order", options.order),
        ("", "degrees_of_freedom", df),
    )
    term = Term(
        change.estimate,
        change.std_error,
        ends.low,
        ends.high,
        ends.p_value,
        estimand=setting.estimand,
    )
    covariance = np.array([[change.std_error**2]])
    return Found(term, covariance, n_clusters, details, weakness(plain, accepted))


def _request(setting: Setting) -> Request:
    options = setting.options
    fixed, bias = options.bandwidth.fixed, options.bandwidth.bias
    return Request(
        order=options.order,
        kernel=options.kernel,
        rule=options.bandwidth.rule or "mse",
        h=None if fixed is None else (float(fixed), float(fixed)),
        b=None if bias is None else (float(bias), float(bias)),
        variance=setting.inference.variance,
    )


def _stages(points: MassPoints, request: Request, found: CctFit) -> tuple[Stages, Stages]:
    """Return conventional and bias-corrected jumps of both variables at the ratio's bandwidths.

    The variance of a scaled sum, less those of its parts, is twice the covariance.
    """
    spread = np.sqrt(np.average(_squares(points), axis=0, weights=points.moments.weight))
    scale = [float(one) or 1.0 for one in spread]
    at = replace(request, h=found.h, b=found.b)
    parts = [
        fit_points(combined(points, one, other), at).change
        for one, other in ((1 / scale[0], 0.0), (0.0, 1 / scale[1]), (1 / scale[0], 1 / scale[1]))
    ]

    def stages(name: str, error: str) -> Stages:
        own, other, both = (getattr(part, error) ** 2 for part in parts)
        first, second = (getattr(part, name) for part in parts[:2])
        return stages_of(
            (first * scale[0], second * scale[1]),
            (own**0.5 * scale[0], other**0.5 * scale[1]),
            (both - own - other) / 2 * scale[0] * scale[1],
        )

    return stages("estimate", "std_error"), stages("corrected", "robust_std_error")


def _squares(points: MassPoints) -> FloatArray:
    moments = points.moments
    inner = np.einsum("pjj->pj", moments.scatter)[:, :2] / moments.weight[:, None]
    squares: FloatArray = inner + moments.mean[:, :2] ** 2
    return squares
