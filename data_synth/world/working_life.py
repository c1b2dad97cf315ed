"""Education, employment and the benefits beside social assistance."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from data_synth.world.types import (
    AgeRate,
    Amplitude,
    CalendarMonth,
    Months,
    Multiplier,
    Probability,
    Slope,
    Table,
)


class Calendar(Table):
    """National calendar effects."""

    cycle_amplitude: Amplitude
    cycle_months: Annotated[int, Field(ge=12, le=600)]


class Education(Table):
    """Enrolment and leaving."""

    at_start: Probability
    enter: AgeRate
    leave: AgeRate
    ability: Slope
    season: Amplitude
    peak_month: CalendarMonth


class Employment(Table):
    """Finding and losing work."""

    at_start: Probability
    find: AgeRate
    lose: AgeRate
    ability_find: Slope
    ability_lose: Slope
    find_female: Multiplier
    find_immigrant: Multiplier
    find_student: Multiplier
    find_recipient: Multiplier
    find_on_benefit: Multiplier
    season: Amplitude
    peak_month: CalendarMonth


class Benefits(Table):
    """Work assessment allowance, disability benefit and the qualification programme."""

    aap_enter: AgeRate
    aap_need: Slope
    aap_exit: Probability
    aap_to_disability: Probability
    aap_to_work: Probability
    disability_enter: AgeRate
    disability_at_start: AgeRate
    programme_exit: Probability
    programme_to_work: Probability
    programme_longest: Months

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.aap_to_disability + self.aap_to_work > 1:
            raise ValueError("aap_to_disability and aap_to_work that sum to at most 1")
        return self
