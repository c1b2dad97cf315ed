"""A bias-aware fit of a function whose second derivative is bounded on each side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.data.model_data import ModelData
from evaluation.errors import EstimationError
from evaluation.estimators._cct.bandwidths import bandwidths
from evaluation.estimators._cct.parts import without_partial
from evaluation.estimators._cct.points import MassPoints, points_of
from evaluation.estimators._cct.request import Request
from evaluation.estimators._honest.bandwidth import search_of
from evaluation.estimators._honest.found import Asked, Found, no_error, window_details
from evaluation.estimators._honest.jump import Jump, adjusted, jump_at, std_error
from evaluation.estimators._honest.pilot import pilot_of, rule_of_thumb
from evaluation.estimators._problem import DetailValue
from evaluation.estimators._rd import sign_of
from evaluation.estimators.contract import Term
from evaluation.inference.bias_aware import bias_aware_critical_value, bias_aware_interval

# How far the bound on curvature is moved, with the words that details have for it.
SENSITIVITY = (
    (0.5, "half_bound"),
    (1.0, "bound"),
    (2.0, "twice_bound"),
    (4.0, "four_times_bound"),
)

# With fewer mass points on a side inside the bandwidth of least mean squared error, a
# bias-corrected interval rests on too few, and the bias-aware one is the headline.
FEW_MASS_POINTS = 6

CALIBRATED = (
    "calibrated: the bound on curvature was estimated from these data, so coverage is not "
    "guaranteed; it is for a curvature_bound given in the spec"
)


@dataclass(frozen=True)
class _Numbers:
    """A jump with its error, worst bias and interval."""

    jump: Jump
    estimate: float
    std_error: float
    bias: float
    low: float | None
    high: float | None
    p_value: float | None


def bounded_curvature(data: ModelData, asked: Asked) -> Found:
    """Fit with second derivatives bounded on each side.

    Parameters
    ----------
    data
        Rows or cells of one outcome.
    asked
        The model.
    """
    setting, kind = asked.setting, asked.setting.inference.variance
    options = setting.options
    by_unit = kind == "cr1" and asked.cluster is None
    points = points_of(data, setting.controls, asked.cluster, by_unit=by_unit)
    # Curvature and bandwidth come from points wholly on one side.
    whole = without_partial(points)
    pilot = pilot_of(whole)
    bound, rule, fixed = options.curvature_bound, options.bandwidth.rule, options.bandwidth.fixed
    curvature = bound.value or rule_of_thumb(whole, pilot, pilot.combination.outcome)
    search = None
    if rule is not None:
        search = search_of(whole, pilot, options.kernel, kind, asked.least)
    n_clusters = _clusters(data, asked)

    def at(multiple: float) -> _Numbers:
        m = multiple * float(curvature)
        h = float(fixed) if search is None else search.best(m, rule)
        return _numbers(points, asked, jump_at(points, h, options.kernel), m, n_clusters)

    every = [(words, at(multiple)) for multiple, words in SENSITIVITY]
    found = dict(every)["bound"]
    df = _df(points, asked, found.jump, n_clusters)
    critical = bias_aware_critical_value(found.bias / found.std_error, df)
    calibrated = bound.value is None
    mse, near = _least_error(whole, options.kernel, kind)
    details: list[tuple[str, str, DetailValue]] = [
        ("", "maximum_bias", found.bias),
        ("", "critical_value", critical),
        ("", "curvature_bound", float(curvature)),
        ("", "curvature_calibrated", calibrated),
        *window_details(points, found.jump, rule),
        ("", "kernel", options.kernel),
        ("", "degrees_of_freedom", df),
        ("", "mse_bandwidth", mse),
        ("", "mass_points_within_mse_bandwidth", near),
        ("", "headline", near is None or near < FEW_MASS_POINTS),
    ]
    for words, one in every:
        details += [
            ("", f"estimate_at_{words}", one.estimate),
            ("", f"conf_low_at_{words}", one.low),
            ("", f"conf_high_at_{words}", one.high),
            ("", f"bandwidth_at_{words}", one.jump.bandwidth),
        ]
    return Found(
        Term(
            found.estimate,
            found.std_error,
            found.low,
            found.high,
            found.p_value,
            estimand=setting.estimand,
        ),
        np.array([[found.std_error**2]]),
        n_clusters,
        tuple(details),
        (CALIBRATED,) if calibrated else (),
    )


def _numbers(
    points: MassPoints, asked: Asked, jump: Jump, curvature: float, n_clusters: int | None
) -> _Numbers:
    """Return estimate, error and interval, above less below turned to the treated side."""
    setting = asked.setting
    combination = adjusted(points, jump).outcome
    error = std_error(points, jump, setting.inference.variance, combination)
    if not (np.isfinite(error) and error > 0):
        raise no_error(points.outcome)
    estimate = sign_of(setting.design) * jump.value(combination)
    bias = curvature * jump.unit_bias
    df = _df(points, asked, jump, n_clusters)
    ends = bias_aware_interval(estimate, error, bias, df)
    return _Numbers(jump, estimate, error, bias, ends.low, ends.high, ends.p_value)


def _df(points: MassPoints, asked: Asked, jump: Jump, n_clusters: int | None) -> float | None:
    inference = asked.setting.inference
    if inference.distribution == "normal":
        return None
    if inference.variance == "cr1" and n_clusters is not None:
        return n_clusters - 1.0
    return float(points.rows[jump.inside].sum()) - 4.0


def _clusters(data: ModelData, asked: Asked) -> int | None:
    """Return the number of clusters among all rows of the model."""
    if asked.cluster is not None:
        return int(asked.cluster.max()) + 1
    return data.n_units if asked.setting.inference.cluster else None


def _least_error(points: MassPoints, kernel: str, kind: str) -> tuple[float | None, int | None]:
    """Return rd_robust's bandwidth and its mass points on the poorer side; none where it fails."""
    request = Request(kernel=kernel, variance="hc1" if kind == "hc0" else kind)  # type: ignore[arg-type]
    try:
        (below, above), _ = bandwidths(points, request)
    except EstimationError:
        return None, None
    h = min(below, above)
    near = np.abs(points.x) <= h
    sides = (points.x < 0, points.x >= 0)
    return h, min(int((near & side).sum()) for side in sides)
