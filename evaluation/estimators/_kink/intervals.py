"""Intervals of a change of slope: robust bias-corrected, or counting the largest bias."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from evaluation.errors import DataError, EstimationError
from evaluation.estimators._cct.points import MassPoints
from evaluation.estimators._honest.pilot import pilot_of
from evaluation.estimators._kink.found import Kink
from evaluation.estimators._kink.scaled_bias import ScaledBias, scaled_interval
from evaluation.estimators._problem import DetailValue
from evaluation.estimators._rd import sign_of
from evaluation.estimators.contract import Setting, Term
from evaluation.inference.intervals import interval

CALIBRATED = (
    "calibrated: the bound on the variation of the second derivative was estimated from these "
    "data, so coverage is not guaranteed; it is for a value given in the spec"
)
NO_ENDS = (
    "no interval: at this bandwidth and exit_rate the largest bias of a kink is the kink itself, "
    "so that no kink however large is ruled out; narrow the bandwidth"
)


@dataclass(frozen=True)
class Ends:
    """An interval in its row, and what stands beside it."""

    term: Term
    details: tuple[tuple[str, str, DetailValue], ...]
    warnings: tuple[str, ...] = ()


def robust(points: MassPoints, kink: Kink, setting: Setting, df: float | None) -> Ends:
    """Return the interval around the bias-corrected estimate.

    Parameters
    ----------
    points
        Moments at P points.
    kink
        Above less below.
    setting
        The model.
    df
        Degrees of freedom; ``None`` means normal.
    """
    del points
    change, sign = kink.fit.change, sign_of(setting.design)
    centre = sign * change.corrected
    ends = interval(centre, change.robust_std_error, df)
    term = Term(
        sign * change.estimate,
        change.std_error,
        ends.low,
        ends.high,
        ends.p_value,
        estimand=setting.estimand,
    )
    details = (
        ("", "robust_estimate", centre),
        ("", "robust_std_error", change.robust_std_error),
    )
    return Ends(term, details)


def bias_aware(points: MassPoints, kink: Kink, setting: Setting, df: float | None) -> Ends:
    """Return the truths that a test counting the largest bias does not reject.

    The second derivative varies within the bandwidth by at most ``value``, on both sides and
    across the cutoff, and on the side where the rule has ended by ``exit_rate`` × |kink| more.

    Parameters
    ----------
    points
        Moments at P points.
    kink
        Above less below.
    setting
        The model.
    df
        Degrees of freedom; ``None`` means normal.

    Raises
    ------
    DataError
        Where points are too few to calibrate a bound.
    """
    change, sign = kink.fit.change, sign_of(setting.design)
    bound = setting.options.second_derivative_bound
    value = _variation(points) if bound.rule is not None else float(bound.value or 0)
    rate = float(bound.exit_rate or 0)
    released = kink.loading[0 if sign == 1 else 1]
    bias = ScaledBias(value * sum(kink.loading), rate * released)
    ends = scaled_interval(sign * change.estimate, change.std_error, bias, df)
    term = Term(
        sign * change.estimate,
        change.std_error,
        ends.low,
        ends.high,
        ends.p_value,
        estimand=setting.estimand,
    )
    details: tuple[tuple[str, str, DetailValue], ...] = (
        ("", "maximum_bias", ends.largest_bias),
        ("", "maximum_bias_at_zero", bias.fixed),
        ("", "maximum_bias_share_of_kink", bias.share),
        ("", "second_derivative_bound", value),
        ("", "second_derivative_calibrated", bound.rule is not None),
        ("", "exit_rate", rate),
        ("", "bias_corrected_estimate", sign * change.corrected),
        ("", "bias_corrected_std_error", change.robust_std_error),
    )
    warnings = (CALIBRATED,) if bound.rule is not None else ()
    return Ends(term, details, warnings if ends.low is not None else (*warnings, NO_ENDS))


INTERVALS: dict[str, Callable[[MassPoints, Kink, Setting, float | None], Ends]] = {
    "robust": robust,
    "bias_aware": bias_aware,
}


def _variation(points: MassPoints) -> float:
    """Return by how much the second derivatives of quartics vary over the points of both sides."""
    pilot, seen = pilot_of(points), []
    above = points.x >= 0
    for side, fit in zip((~above, above), pilot.fits, strict=True):
        if len(fit.coefficients) <= 4:
            raise DataError(
                f"outcome {points.outcome}: {int(side.sum())} distinct values of the running "
                "variable on one side do not carry the quartic that calibrates "
                "second_derivative_bound: give its value in the spec"
            )
        second, third, fourth = (
            factor * float(part @ pilot.combination.outcome)
            for factor, part in zip((2.0, 6.0, 12.0), fit.coefficients[2:], strict=True)
        )
        low, high = points.x[side][[0, -1]]
        at = [low, high]
        if fourth != 0 and low < -third / (2 * fourth) < high:
            at.append(-third / (2 * fourth))
        seen += [second + third * x + fourth * x**2 for x in at]
    found = float(max(seen) - min(seen))
    if found == 0:
        raise EstimationError(
            f"outcome {points.outcome}: the quartics are lines, so they calibrate no bound: give "
            "second_derivative_bound a value in the spec"
        )
    return found
