"""What is asked of mass points: order, kernel, bandwidths, variance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from evaluation.spec.variance import VarianceKind

Rule = Literal["mse", "mse_two", "mse_sum", "cer", "cer_two", "cer_sum"]


@dataclass(frozen=True)
class Request:
    """One regression discontinuity.

    Attributes
    ----------
    order
        Of the polynomial; that of the bias is one more.
    derivative
        0 for a jump, 1 for a kink.
    kernel
        ``triangular``, ``epanechnikov`` or ``uniform``.
    rule
        How bandwidths are chosen where ``h`` is ``None``.
    h, b
        Bandwidths below and above the cutoff; ``b`` is by default ``h``.
    masspoints
        ``adjust`` makes pilot bandwidths reach ten values of the running variable where a fifth
        of the rows on a side share theirs.
    variance
        ``nn``, ``hc1`` or ``cr1``.
    pilot_ratio
        What a fuzzy design's bandwidths are chosen for: ``jumps`` takes the ratio of the two jumps
        times the treatment off the outcome; ``sides`` is rdrobust's choice.
    sides
        Whether clusters with rows on both sides make these depend on each other.
    cutoff
        Where the cutoff lies, from zero.
    donut
        Values nearer to the cutoff are left out; the cutoff's own too, unless 0.
    """

    order: int = 1
    derivative: int = 0
    kernel: Literal["triangular", "epanechnikov", "uniform"] = "triangular"
    rule: Rule = "mse"
    h: tuple[float, float] | None = None
    b: tuple[float, float] | None = None
    masspoints: Literal["adjust", "check", "off"] = "adjust"
    variance: VarianceKind = "nn"
    pilot_ratio: Literal["jumps", "sides"] = "jumps"
    sides: Literal["joint", "independent"] = "joint"
    cutoff: float = 0.0
    donut: float = 0.0
