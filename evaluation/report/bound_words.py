"""A smallest effect of interest, and the interval that is held against it, in words."""

from __future__ import annotations

from evaluation.checks.smallest_effect import interval_decimals
from evaluation.report.language import Language
from evaluation.spec.extras import SmallestEffect

SCALE_DECIMALS = 4


def unit_words(effect: SmallestEffect, words: Language) -> str:
    """Return the unit of an effect in words."""
    return words.text(f"bound.{effect.unit}")


def bounds_words(effect: SmallestEffect, words: Language) -> str:
    """Return the bounds in words: ``±0.05 per condition``, or both ends."""
    low, high = effect.bounds
    key = "bound.symmetric" if low == -high else "bound.ends"
    ends = words.text(key, low=words.plain(low), high=words.plain(high))
    return words.text("bound.with_unit", bounds=ends, unit=unit_words(effect, words))


def beyond_words(effect: SmallestEffect, words: Language) -> str:
    """Return which effects a verdict speaks of: ``beyond ±0.05 per condition``."""
    low, high = effect.bounds
    key = "bound.beyond" if low == -high else "bound.outside"
    return words.text(key, bounds=bounds_words(effect, words))


def interval_words(effect: SmallestEffect, low: float, high: float, words: Language) -> str:
    """Return the 90 per cent interval of a verdict in words.

    Parameters
    ----------
    effect
        The bound; its unit is that of the interval.
    low, high
        Ends of the interval in that unit.
    words
        The language.
    """
    decimals = interval_decimals(low, high)
    ends = {"low": words.number(low, decimals), "high": words.number(high, decimals)}
    return words.text("bound.interval", **ends, unit=unit_words(effect, words))


def scale_words(effect: SmallestEffect, attainable: float | None, words: Language) -> str:
    """Say by what an interval in another unit than persons was divided; empty for persons."""
    if effect.unit == "per_person" or attainable is None:
        return ""
    recipients = effect.unit == "per_recipient"
    key = "bound.scale_recipients" if recipients else "bound.scale_first_stage"
    return words.text(key, value=words.number(attainable, SCALE_DECIMALS))
