"""The headline verdict: which effects the data rule out, in the unit that the spec names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor, isfinite, log10

from evaluation.checks.contract import Verdict
from evaluation.estimators.contract import Fit
from evaluation.inference.equivalence import (
    Equivalence,
    equivalence,
    equivalence_power,
    minimum_detectable_effect,
)
from evaluation.spec.extras import SmallestEffect

LEVEL = 0.05
RULED_OUT = "ruled_out"
MINUS = "\N{MINUS SIGN}"

# An interval is printed with three digits of its larger end, and no more decimals than four.
LEAST_DIGITS = 3
MOST_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Headline:
    """The pair of numbers on which a verdict stands, and the mean that the outcome starts from."""

    estimate: float
    std_error: float
    df: float | None
    p_value: float | None
    maximum_bias: float = 0.0
    baseline: float | None = None


def headline_of(fit: Fit) -> Headline | None:
    """Return the number that equivalence is judged by, ``None`` where there is no single one.

    A bias-corrected fit is judged by its robust centre and error, a bias-aware one by estimate,
    error and largest bias.
    """
    first = fit.terms[0]
    if first.term or first.cohort or first.period or first.event_time is not None:
        return None
    if first.quantile is not None and len(fit.terms) > 1:
        return None
    details: Mapping[str, object] = {name: value for term, name, value in fit.details if term == ""}
    estimate = details.get("robust_estimate", first.estimate)
    std_error = details.get("robust_std_error", first.std_error)
    df = details.get("degrees_of_freedom")
    if not isinstance(estimate, int | float) or not isinstance(std_error, int | float):
        return None
    bias = details.get("maximum_bias", 0.0)
    if not std_error > 0 or not isinstance(bias, int | float):
        return None
    mean = details.get("baseline_mean")
    return Headline(
        float(estimate), float(std_error), float(df) if isinstance(df, int | float) else None,
        first.p_value, float(bias), float(mean) if isinstance(mean, int | float) else None,
    )  # fmt: skip


def detectable(headline: Headline) -> tuple[tuple[str, float], ...]:
    """Return the minimum detectable effect per person, and both numbers in per cent of the mean.

    Per cent are of the mean that the outcome starts from; without one that is positive there are
    none.
    """
    own = minimum_detectable_effect(headline.std_error, headline.df, headline.maximum_bias)
    found = (("minimum_detectable_effect", own),)
    if headline.baseline is None or not headline.baseline > 0:
        return found
    return (
        *found,
        ("per_cent_of_baseline", 100.0 * headline.estimate / headline.baseline),
        ("minimum_detectable_per_cent_of_baseline", 100.0 * own / headline.baseline),
    )


def judge(
    effect: SmallestEffect, headline: Headline, scale: float | None, largest: float | None = 1.0
) -> Verdict:
    """Return the verdict on one smallest effect of interest.

    What is attainable is the first stage times what one unit can do at most. Where the bound lies
    above it, or the first stage that is named is not known or not above zero, nothing is ruled out.

    Parameters
    ----------
    effect
        The bound, in its own unit.
    headline
        The estimate per person.
    scale
        Counted units per person: the first stage, or the share of recipients. ``None`` where it is
        not known, or not asked for.
    largest
        What one unit can move the outcome by at most; ``None`` where nothing limits it.
    """
    low, high = effect.bounds
    error, df, bias = headline.std_error, headline.df, headline.maximum_bias
    details: list[tuple[str, float | str | None]] = [*detectable(headline)]
    known = scale is not None and isfinite(scale)
    attainable = scale * largest if known and scale is not None and largest is not None else None
    details += [("units_per_person", scale), ("attainable_effect", attainable)]
    if not known and (effect.first_stage is not None or effect.unit != "per_person"):
        message = f"it is not known how far the duty raised {effect.first_stage or 'the unit'}"
        return _verdict(effect, "uninformative", message, None, details)
    if known and scale is not None and scale <= 0:
        message = (
            f"the duty did not raise {effect.first_stage or 'the first stage'}, so no effect "
            f"{unit_words(effect)} is attainable"
        )
        return _verdict(effect, "uninformative", message, None, details)
    factor = 1.0 if effect.unit == "per_person" or scale is None else scale
    bounds = (low * factor, high * factor)
    test = equivalence(headline.estimate, error, *bounds, df, bias)
    power = equivalence_power(0.0, error, min(-bounds[0], bounds[1]) - bias, df)
    details += [
        ("estimate_in_unit", headline.estimate / factor),
        ("minimum_detectable_effect_in_unit", detectable(headline)[0][1] / factor),
        ("equivalence_low", test.low / factor),
        ("equivalence_high", test.high / factor),
        ("bound_low", low),
        ("bound_high", high),
        ("equivalence_power_at_zero", power),
    ]
    scaled = (test.low / factor, test.high / factor)
    shown = interval_words(effect, *scaled)
    if attainable is not None and max(-bounds[0], bounds[1]) > attainable:
        message = (
            f"the bound of {bounds_words(effect)} exceeds what is attainable"
            f", {attainable:.4f} per person; {shown}"
        )
        return _verdict(effect, "uninformative", message, test, details)
    message = f"{shown} against bounds of {_ends(effect)}{scale_words(effect, scale)}"
    verdict = _against(test, headline)
    if verdict == RULED_OUT and effect.first_stage is None:
        message += "; whether so much is attainable is not judged: no first_stage is named"
    return _verdict(effect, verdict, message, test, details)


def _against(test: Equivalence, headline: Headline) -> str:
    """Return the verdict on bounds that are attainable."""
    if test.p_value < LEVEL:
        return RULED_OUT
    if headline.p_value is not None and headline.p_value < LEVEL:
        return "effect_found"
    return "not_ruled_out"


def unit_words(effect: SmallestEffect) -> str:
    """Return the unit of an effect in words."""
    return effect.unit.replace("_", " ")


def bounds_words(effect: SmallestEffect) -> str:
    """Return the bounds in words: ``±0.05 per condition``, or both ends."""
    return f"{_ends(effect)} {unit_words(effect)}"


def _ends(effect: SmallestEffect) -> str:
    low, high = effect.bounds
    return f"±{high:g}" if low == -high else f"{low:g} to {high:g}".replace("-", MINUS)


def beyond_words(effect: SmallestEffect) -> str:
    """Return which effects a verdict speaks of: ``beyond ±0.05 per condition``."""
    low, high = effect.bounds
    return f"{'beyond' if low == -high else 'outside'} {bounds_words(effect)}"


def interval_decimals(low: float, high: float) -> int:
    """Return with how many decimals an interval is printed: three digits of its larger end."""
    largest = max(abs(low), abs(high))
    decimals = LEAST_DIGITS if largest == 0 else LEAST_DIGITS - 1 - floor(log10(largest))
    return min(max(decimals, 0), MOST_DECIMALS)


def interval_words(effect: SmallestEffect, low: float, high: float) -> str:
    """Return the 90 per cent interval of a verdict in words.

    Parameters
    ----------
    effect
        The bound; its unit is that of the interval.
    low, high
        Ends of the interval in that unit.
    """
    decimals = interval_decimals(low, high)
    ends = f"{low:.{decimals}f} to {high:.{decimals}f}".replace("-", MINUS)
    return f"90 % interval {ends} {unit_words(effect)}"


def scale_words(effect: SmallestEffect, attainable: float | None) -> str:
    """Say by what an interval in another unit than persons was divided; empty for persons."""
    if effect.unit == "per_person" or attainable is None:
        return ""
    scale = "share of recipients" if effect.unit == "per_recipient" else "first stage"
    return f"; the {scale}, {attainable:.4f}, is taken as known"


def _verdict(
    effect: SmallestEffect,
    verdict: str,
    message: str,
    test: Equivalence | None,
    details: list[tuple[str, float | str | None]],
) -> Verdict:
    return Verdict(
        effect.outcome,
        None,
        None if test is None else test.p_value,
        verdict,
        message,
        term=effect.unit,
        details=tuple(details),
    )
