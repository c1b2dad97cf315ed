"""Rank an estimate among placebos: they overlap, so that a rank is no p-value."""

from __future__ import annotations

from dataclasses import dataclass, field

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
    p_values
        Of those that have one.
    """

    estimates: FloatArray
    ratios: FloatArray
    p_values: FloatArray = field(default_factory=lambda: np.zeros(0))

    @property
    def spread(self) -> float | None:
        """Root mean square of the ratios: 1 where standard errors tell all there is."""
        return float(np.sqrt(np.mean(self.ratios**2))) if len(self.ratios) else None

    def rank(self, estimate: float) -> int:
        """Return the rank of an estimate by size among itself and the placebos; 1 is largest."""
        return 1 + int(np.sum(np.abs(self.estimates) >= abs(estimate)))

    def rank_by_p_value(self, p_value: float | None) -> int | None:
        """Return the rank of a p-value, 1 the smallest; ``None`` where some placebo has none."""
        if p_value is None or len(self.p_values) < len(self.estimates):
            return None
        return 1 + int(np.sum(self.p_values <= p_value))


def placebos_of(refitted: tuple[Refitted, ...]) -> Placebos:
    """Return the estimates of variants that gave one."""
    numbers = [number for _, number in with_numbers(refitted)]
    ratios = [one.ratio for one in numbers if one.ratio is not None]
    p_values = [one.p_value for one in numbers if one.p_value is not None]
    return Placebos(
        np.array([one.estimate for one in numbers]), np.array(ratios), np.array(p_values)
    )


def headlines(case: Case) -> dict[str, Number | None]:
    """Return the headline of every fit under judgement, by outcome."""
    return {name: number_of(fit) for name, fit in case.result.fits.items()}


def ranked(
    outcome: str,
    number: Number | None,
    refitted: tuple[Refitted, ...],
    noun: str,
    beside: tuple[Refitted, ...] = (),
    by_p_value: bool = False,
    before: str = "",
    because: str = "they overlap",
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
    beside
        Placebos that are tested with the others and have no place in the ranks.
    by_p_value
        Whether the rank is that of the p-value, as placebos of very different precision want it,
        rather than of the estimate's size.
    before
        What the message begins with.
    because
        Why a rank among them is no p-value.
    """
    if number is None:
        return Verdict(outcome, None, None, "refused", NO_NUMBER)
    found = placebos_of(refitted)
    count = len(found.estimates)
    if count == 0:
        return Verdict(
            outcome, None, None, "refused", f"no placebo can be estimated: {why_none(refitted)}"
        )
    rank, by = found.rank(number.estimate), "size"
    told = found.rank_by_p_value(number.p_value) if by_p_value else None
    if told is not None:
        rank, by = told, "p-value"
    low, high = float(found.estimates.min()), float(found.estimates.max())
    tested = with_numbers((*refitted, *beside))
    p_values = [one.p_value for _, one in tested if one.p_value is not None]
    rejecting = int(np.sum(found.p_values < LEVEL))
    # Bonferroni holds however placebos overlap.
    adjusted = min(1.0, min(p_values) * len(p_values)) if p_values else None
    violated = adjusted is not None and adjusted < LEVEL
    message = (
        f"{before}estimate {number.estimate:.4g} ranks {rank} of {count + 1} by {by}; placebos at "
        f"{count} {noun} from {low:.4g} to {high:.4g}, {rejecting} with p below 0.05 ({because}: "
        "a rank, not a p-value)"
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
            ("estimate", number.estimate),
            ("std_error", number.std_error),
            ("conf_low", number.low),
            ("conf_high", number.high),
            *details_of(refitted),
            *details_of(beside),
        ),
    )
