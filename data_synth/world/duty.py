"""What the duty does, to whom and through what."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from data_synth.world.types import Months, Multiplier, Probability, Slope, Table

Strength = Annotated[float, Field(ge=0, le=10)]
Strengths = Annotated[tuple[Strength, Strength, Strength], Field(strict=False)]
Parts = Annotated[tuple[Probability, Probability, Probability], Field(strict=False)]


class Duty(Table):
    """Multipliers of monthly probabilities at full strength, 1 for no effect, and its strength.

    Attributes
    ----------
    exit_to_work, exit_to_education, exit_to_programme, exit_to_aap, exit_to_disability, \
exit_to_nothing
        On leaving social assistance to each destination.
    entry
        On entering it, answering ``entry_response``: to nothing, to the duty of the month, or to
        the share of the next ``dose_months`` months under it.
    exclusion
        Whether exits answer to conditions imposed alone; else to the duty itself.
    lead_months
        Months before it comes into force from which it is felt.
    spillover
        Its strength above the age of release.
    carry_over
        Strength, at least, on those who have received under it, after release too.
    growth
        Relative growth of its strength a year since it came into force locally.
    hours_from
        Hours a week of activity from which it has any strength.
    strict, mild
        Strength by the office's sanction regime.
    needs_provision
        Whether it has strength only where the office's centre has opened.
    provision
        Strength by what the office offers: broad centre, specialised, none (or none open yet).
    strategy
        Strength by the office's strategy: turn at the door, job centre, work team.
    entry_strategy
        Part of the effect on entry by the office's strategy, in the same order.
    by_need
        Log strength per standard deviation of need.
    """

    exit_to_work: Multiplier
    exit_to_education: Multiplier
    exit_to_programme: Multiplier
    exit_to_aap: Multiplier
    exit_to_disability: Multiplier
    exit_to_nothing: Multiplier
    entry: Multiplier
    entry_response: Literal["none", "current", "expected_dose"]
    dose_months: Annotated[int, Field(ge=1, le=240)]
    exclusion: bool
    lead_months: Months
    spillover: Strength
    carry_over: Probability
    growth: Strength
    hours_from: Annotated[float, Field(ge=0, le=40)]
    strict: Strength
    mild: Strength
    needs_provision: bool
    provision: Strengths
    strategy: Strengths
    entry_strategy: Parts
    by_need: Slope

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if self.entry != 1 and self.entry_response == "none":
            raise ValueError('entry = 1 where entry_response = "none"')
        if self.exclusion and self.entry_response != "none":
            raise ValueError('entry_response = "none" where exclusion = true')
        return self
