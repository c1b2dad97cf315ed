"""The power of a test that found nothing."""

from __future__ import annotations

from evaluation.inference.equivalence import minimum_detectable_effect
from evaluation.inference.intervals import critical_value, upper_tail

LEVEL = 0.05


def power(effect: float, std_error: float, df: float | None = None) -> float:
    """Return the chance that a two-sided test at five per cent detects an effect.

    Parameters
    ----------
    effect
        What there is to detect, in units of the estimate.
    std_error
        Of the estimate that is tested.
    df
        Degrees of freedom of Student's t; ``None`` means normal.
    """
    cut = critical_value(1.0 - LEVEL / 2, df)
    shift = abs(effect) / std_error
    return upper_tail(cut - shift, df) + upper_tail(cut + shift, df)


def against(std_error: float | None, effect: float | None, noun: str) -> str:
    """Return in words the power of a test with this standard error against an effect.

    Parameters
    ----------
    std_error, effect
        In the same units.
    noun
        What the effect is.
    """
    if not std_error or not effect:
        return "power unknown"
    return f"power {power(effect, std_error):.0%} against {effect:.2g}, {noun}"


def detectable(std_error: float, df: float | None = None) -> str:
    """Return in words the effect that a test at five per cent detects with a power of 80 %."""
    return f"power 80% against {minimum_detectable_effect(std_error, df):.2g}"
