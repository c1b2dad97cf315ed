"""The ratio with the set of values that a bias-aware test does not reject.

Noack and Rothe (2024), Econometrica 92(3): second derivatives of the outcome and of the treatment
are bounded on each side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.data.model_data import ModelData
from evaluation.errors import EstimationError
from evaluation.estimators._cct.combination import combination_of
from evaluation.estimators._cct.combined import combined
from evaluation.estimators._cct.parts import without_partial
from evaluation.estimators._cct.points import MassPoints
from evaluation.estimators._fuzzy.stages import (
    Stages,
    require_first_stage,
    require_varying,
    set_details,
    stage_details,
    stages_of,
    weakness,
)
from evaluation.estimators._honest.bandwidth import search_of
from evaluation.estimators._honest.curvature import CALIBRATED, SENSITIVITY
from evaluation.estimators._honest.found import Asked, Found, window_details
from evaluation.estimators._honest.jump import Jump, jump_at, std_error
from evaluation.estimators._honest.pilot import pilot_of, rule_of_thumb
from evaluation.estimators._problem import DetailValue
from evaluation.estimators._rd import sign_of
from evaluation.estimators.contract import Term
from evaluation.inference.bias_aware import bias_aware_interval
from evaluation.inference.bias_aware_ratio import Jumps, bias_aware_ratio
from evaluation.inference.intervals import LEVEL
from evaluation.inference.weak_instrument import AndersonRubin

Bounds = tuple[float, float]


@dataclass(frozen=True)
class _Numbers:
    jump: Jump
    stages: Stages
    accepted: AndersonRubin
    biases: Bounds
    df: float | None


def bias_aware(data: ModelData, points: MassPoints, asked: Asked, n_clusters: int | None) -> Found:
    """Fit, with one bandwidth: the best for the outcome less a first ratio × treatment.

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
        Where the treatment does not change.
    EstimationError
        Where a jump has no positive standard error.
    """
    setting = asked.setting
    options = setting.options
    bounds = _bounds(points, options.curvature_bound)
    every = [
        (words, _fit(data.outcome, points, asked, _times(bounds, multiple), n_clusters))
        for multiple, words in SENSITIVITY
    ]
    found = dict(every)["bound"]
    stages, accepted = found.stages, found.accepted
    error = stages.ratio_variance**0.5
    bias = (found.biases[0] + abs(stages.ratio) * found.biases[1]) / abs(stages.first)
    bounded = accepted.shape == "interval"
    calibrated = options.curvature_bound.rule is not None
    details: list[tuple[str, str, DetailValue]] = [
        ("", "maximum_bias", bias),
        ("", "maximum_bias_reduced_form", found.biases[0]),
        ("", "maximum_bias_first_stage", found.biases[1]),
        ("", "curvature_bound_outcome", bounds[0]),
        ("", "curvature_bound_treatment", bounds[1]),
        ("", "curvature_calibrated", calibrated),
        *stage_details(stages, sign_of(setting.design), found.df),
        *set_details(accepted),
        *window_details(points, found.jump, options.bandwidth.rule),
        ("", "kernel", options.kernel),
        ("", "degrees_of_freedom", found.df),
    ]
    for words, one in every:
        details += [
            ("", f"estimate_at_{words}", one.stages.ratio),
            ("", f"set_shape_at_{words}", one.accepted.shape),
            ("", f"set_low_at_{words}", one.accepted.low),
            ("", f"set_high_at_{words}", one.accepted.high),
            ("", f"bandwidth_at_{words}", one.jump.bandwidth),
        ]
    reduced_error = stages.variances[0] ** 0.5
    zero = bias_aware_interval(stages.reduced, reduced_error, found.biases[0], found.df)
    term = Term(
        stages.ratio,
        error,
        accepted.low if bounded else None,
        accepted.high if bounded else None,
        zero.p_value,
        estimand=setting.estimand,
    )
    warnings = (CALIBRATED,) if calibrated else ()
    if not bounded:
        words = f"the confidence set is no interval: {accepted.words}"
        warnings = (*warnings, *(weakness(stages, accepted) or (words,)))
    return Found(term, np.array([[error**2]]), n_clusters, tuple(details), warnings)


def _times(bounds: Bounds, multiple: float) -> Bounds:
    return multiple * bounds[0], multiple * bounds[1]


def _bounds(points: MassPoints, asked: object) -> Bounds:
    """Return the bounds on the outcome's and the treatment's second derivatives."""
    points = without_partial(points)
    given = getattr(asked, "outcome", None), getattr(asked, "treatment", None)
    if given[0] is not None and given[1] is not None:
        return float(given[0]), float(given[1])
    found = []
    for loading in ((1.0, 0.0), (0.0, 1.0)):
        own = combined(points, *loading)
        pilot = pilot_of(own)
        found.append(rule_of_thumb(own, pilot, pilot.combination.outcome))
    return found[0], found[1]


def _fit(
    outcome: str, points: MassPoints, asked: Asked, bounds: Bounds, n_clusters: int | None
) -> _Numbers:
    options, inference = asked.setting.options, asked.setting.inference
    kind = inference.variance
    jump = jump_at(points, _bandwidth(outcome, points, asked, bounds), options.kernel)
    stages = _stages(outcome, points, asked, jump)
    errors = {
        name: np.sqrt(variance)
        for name, variance in zip(("outcome", "treatment"), stages.variances, strict=True)
    }
    if not (np.isfinite(list(errors.values())).all() and errors["outcome"] > 0):
        raise EstimationError(
            f"outcome {outcome}: its jump has no positive standard error: set a wider fixed "
            "bandwidth"
        )
    df = None
    if inference.distribution == "t":
        df = float(points.rows[jump.inside].sum()) - 4.0
        if kind == "cr1" and n_clusters is not None:
            df = n_clusters - 1.0
    biases = bounds[0] * jump.unit_bias, bounds[1] * jump.unit_bias
    jumps = Jumps(stages.reduced, stages.first, stages.variances, stages.covariance, biases)
    return _Numbers(jump, stages, bias_aware_ratio(jumps, df, LEVEL), biases, df)


def _bandwidth(outcome: str, points: MassPoints, asked: Asked, bounds: Bounds) -> float:
    options, kind = asked.setting.options, asked.setting.inference.variance
    rule, kernel = options.bandwidth.rule, options.kernel
    if rule is None:
        return float(options.bandwidth.fixed)
    points = without_partial(points)

    def best(ratio: float) -> float:
        own = combined(points, 1.0, -ratio)
        search = search_of(own, pilot_of(own), kernel, kind, asked.least)
        return search.best(bounds[0] + abs(ratio) * bounds[1], rule)

    return best(_stages(outcome, points, asked, jump_at(points, best(0.0), kernel)).ratio)


def _stages(outcome: str, points: MassPoints, asked: Asked, jump: Jump) -> Stages:
    """Return both jumps; the variance of their sum gives the covariance."""
    kind = asked.setting.inference.variance
    require_varying(points, (jump.bandwidth, jump.bandwidth))
    found = combination_of(points, jump.sides)
    second = found.outcome if found.treatment is None else found.treatment
    own = std_error(points, jump, kind, found.outcome)
    other = std_error(points, jump, kind, second)
    scale = own / other if own > 0 and other > 0 else 1.0
    both = std_error(points, jump, kind, found.outcome + scale * second)
    stages = stages_of(
        (jump.value(found.outcome), jump.value(second)),
        (own, other),
        (both**2 - own**2 - (scale * other) ** 2) / (2 * scale),
    )
    require_first_stage(outcome, stages)
    return stages
