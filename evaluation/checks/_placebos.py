"""Rank an estimate among placebos: they overlap, so that a rank is no p-value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.checks._numbers import NO_NUMBER, Number, number_of
from evaluation.checks._refit import Refitted, details_of, why_none, with_numbers
from evaluation.checks.contract import Case, Verdict
from evaluation.estimators.contract import FloatArray

WITHIN = "within the placebo range"
BEYOND = "beyond the placebo range"
VIOLATED = "violation found"
# Below this many placebos an estimate lies beyond all of them too often by chance.
FEW = 5
LEVEL = 0.05


@dataclass(frozen=True)
class Placebos:
    """Placebo estimates of one outcome.

    Attributes
    ----------
    estimates
        Shape ``(placebos,)``.
    ratios
        Each over its own standard error, of those that have one.
    """

    estimates: FloatArray
    ratios: FloatArray

    @property
    def spread(self) -> float | None:
        """Root mean square of the ratios: 1 where standard errors tell all there is."""
        return float(np.sqrt(np.mean(self.ratios**2))) if len(self.ratios) else None

    def rank(self, estimate: float) -> int:
        """Return the rank of an estimate by size among itself and the placebos; 1 is largest."""
        return 1 + int(np.sum(np.abs(self.estimates) >= abs(estimate)))


def placebos_of(refitted: tuple[Refitted, ...]) -> Placebos:
    """Return the estimates of variants that gave one."""
    numbers = [number for _, number in with_numbers(refitted)]
    ratios = [one.ratio for one in numbers if one.ratio is not None]
    return Placebos(np.array([one.estimate for one in numbers]), np.array(ratios))


def headlines(case: Case) -> dict[str, Number | None]:
    """Return the headline of every fit under judgement, by outcome."""
    return {name: number_of(fit) for name, fit in case.result.fits.items()}


def ranked(
    outcome: str, number: Number | None, refitted: tuple[Refitted, ...], noun: str
) -> Verdict:
    """Return the verdict on an estimate among placebos.

    ``violation found`` where some placebo differs from zero at five per cent by its own standard
    error, adjusted by Bonferroni; else where the estimate ranks.

    Parameters
    ----------
    outcome
        Name of the outcome.
    number
        The estimate; ``None`` where the fit has no headline.
    refitted
        The placebos.
    noun
        What they are: ``dates``, ``groups``.
    """
    if number is None:
        return Verdict(outcome, None, None, "refused", NO_NUMBER)
    found = placebos_of(refitted)
    count = len(found.estimates)
    if count == 0:
        return Verdict(
            outcome, None, None, "refused", f"no placebo can be estimated: {why_none(refitted)}"
        )
    rank = found.rank(number.estimate)
    low, high = float(found.estimates.min()), float(found.estimates.max())
    p_values = [one.p_value for _, one in with_numbers(refitted) if one.p_value is not None]
    rejecting = sum(1 for one in p_values if one < LEVEL)
    # Bonferroni holds however placebos overlap.
    adjusted = min(1.0, min(p_values) * len(p_values)) if p_values else None
    violated = adjusted is not None and adjusted < LEVEL
    message = (
        f"estimate {number.estimate:.4g} ranks {rank} of {count + 1} by size; placebos at {count} "
        f"{noun} from {low:.4g} to {high:.4g}, {rejecting} with p below 0.05 (they overlap: a "
        "rank, not a p-value)"
    )
    if count < FEW:
        message += f"; {count} are few"
    return Verdict(
        outcome,
        number.estimate,
        None,
        VIOLATED if violated else BEYOND if rank == 1 else WITHIN,
        message,
        details=(
            ("rank", rank),
            ("placebos", count),
            ("placebos_refused", len(refitted) - count),
            ("placebo_low", low),
            ("placebo_high", high),
            ("placebo_sd", float(found.estimates.std(ddof=1)) if count > 1 else None),
            ("placebo_root_mean_square_t", found.spread),
            ("placebos_with_p_below_0.05", rejecting),
            ("smallest_placebo_p_value_bonferroni", adjusted),
            *details_of(refitted),
        ),
    )
