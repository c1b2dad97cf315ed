"""The headline verdict: which effects the data rule out, in the unit that the spec names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Headline:
    """The pair of numbers on which a verdict stands."""

    estimate: float
    std_error: float
    df: float | None
    p_value: float | None


def headline_of(fit: Fit) -> Headline | None:
    """Return the number that equivalence is judged by, ``None`` where there is no single one.

    A bias-corrected fit is judged by its robust centre and error.
    """
    first = fit.terms[0]
    if first.term or first.cohort or first.period or first.event_time is not None:
        return None
    details: Mapping[str, object] = {name: value for term, name, value in fit.details if term == ""}
    estimate = details.get("robust_estimate", first.estimate)
    std_error = details.get("robust_std_error", first.std_error)
    df = details.get("degrees_of_freedom")
    if not isinstance(estimate, int | float) or not isinstance(std_error, int | float):
        return None
    if not std_error > 0:
        return None
    return Headline(
        float(estimate), float(std_error), float(df) if isinstance(df, int | float) else None,
        first.p_value,
    )  # fmt: skip


def judge(
    effect: SmallestEffect, headline: Headline, attainable: float | None, scale_name: str
) -> Verdict:
    """Return the verdict on one smallest effect of interest.

    Parameters
    ----------
    effect
        The bound, in its own unit.
    headline
        The estimate per person.
    attainable
        What one person can gain at most if each unit moved the outcome by one: the first stage
        (effect on the counted column). ``None`` for effects per person without a first stage.
    scale_name
        Column that ``attainable`` counts.
    """
    low, high = effect.bounds
    factor = 1.0 if effect.unit == "per_person" else attainable
    details: list[tuple[str, float | str | None]] = [
        ("minimum_detectable_effect", minimum_detectable_effect(headline.std_error, headline.df)),
        ("attainable_effect", attainable),
    ]
    if factor is None or factor <= 0:
        message = f"the duty did not raise {scale_name}, so no effect {_unit(effect)} is attainable"
        return _verdict(effect, "uninformative", message, None, details)
    bounds = (low * factor, high * factor)
    test = equivalence(headline.estimate, headline.std_error, *bounds, headline.df)
    power = equivalence_power(0.0, headline.std_error, min(-bounds[0], bounds[1]), headline.df)
    details += [
        ("equivalence_low", test.low / factor),
        ("equivalence_high", test.high / factor),
        ("bound_low", low),
        ("bound_high", high),
        ("equivalence_power_at_zero", power),
    ]
    verdict, message = _words(effect, headline, test, attainable, bounds, factor)
    return _verdict(effect, verdict, message, test, details)


def _words(
    effect: SmallestEffect,
    headline: Headline,
    test: Equivalence,
    attainable: float | None,
    bounds: tuple[float, float],
    factor: float,
) -> tuple[str, str]:
    shown = f"90 % interval {test.low / factor:.4f} to {test.high / factor:.4f} {_unit(effect)}"
    if attainable is not None and max(-bounds[0], bounds[1]) > attainable:
        return "uninformative", (
            f"the bound exceeds what is attainable ({attainable:.4f} per person); {shown}"
        )
    outside = headline.p_value is not None and headline.p_value < LEVEL
    if test.p_value < LEVEL:
        return "ruled_out", f"effects beyond the bounds are ruled out; {shown}"
    if outside:
        return "effect_found", f"an effect is found, and the bounds are not excluded; {shown}"
    return "not_ruled_out", f"effects beyond the bounds are not ruled out; {shown}"


def _unit(effect: SmallestEffect) -> str:
    return effect.unit.replace("_", " ")


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
