"""What replications say of one number, in one word."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import special

from evaluation.inference.simulation_errors import Measured, band

# A bias of less than this share of a standard error is none.
SMALL = 0.15
CONFIDENCE = 0.95
# A band that reaches below this is too wide to show that an interval covers.
TELLING = 0.90


@dataclass(frozen=True, slots=True)
class Judged:
    """What a verdict stands on.

    Attributes
    ----------
    replications
        That gave a number.
    lines
        Of the table, over which bands are adjusted.
    bias
        Of the number on which the interval stands, in mean standard errors; nan without errors.
    coverage
        Share of intervals that hold the truth; nan without intervals.
    cautious
        Whether the interval counts a largest bias: then coverage alone is judged, from below.
    small
        A bias of less than this many standard errors is none.
    """

    replications: int
    lines: int
    bias: Measured
    coverage: float
    cautious: bool
    small: float = SMALL


def verdict_of(found: Judged) -> str:
    """Return the verdict: ``holds`` is said only where enough replications show it.

    ``biased``: the Monte Carlo interval of the bias, adjusted for the lines of the table, lies
    outside ±``small`` standard errors. ``under_covers``: coverage lies below the adjusted band of a
    right 95 per cent interval. ``over_covers``: above it. ``holds``: coverage inside the band, and
    the 95 per cent Monte Carlo interval of the bias inside it. Else ``undecided``.
    An interval that counts a largest bias is judged by coverage from below, and ``undecided`` where
    the band reaches below 90 per cent.
    """
    if math.isnan(found.coverage) or math.isnan(found.bias.error):
        return "not_judged"
    low, high = band(found.replications, found.lines, CONFIDENCE)
    if found.cautious and found.coverage >= low:
        return "holds" if low >= TELLING else "undecided"
    if found.cautious:
        return "under_covers"
    size = abs(found.bias.value)
    if size - _cut(found, found.lines) * found.bias.error > found.small:
        return "biased"
    if found.coverage < low:
        return "under_covers"
    if size + _cut(found, 1) * found.bias.error > found.small:
        return "undecided"
    return "over_covers" if found.coverage > high else "holds"


def _cut(found: Judged, lines: int) -> float:
    """Return the two-sided critical value of Student's t, adjusted for lines."""
    tail = (1.0 - CONFIDENCE) / lines / 2.0
    return float(special.stdtrit(found.replications - 1, 1.0 - tail))


def coverage_band(replications: int, lines: int) -> tuple[float, float]:
    """Return between which shares the coverage of a right 95 per cent interval lies."""
    return band(replications, lines, CONFIDENCE)
