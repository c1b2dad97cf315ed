"""Social assistance: entry, exit, amounts and conditions."""

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
    Spread,
    Table,
)


class Receipt(Table):
    """Entry to and exit from social assistance."""

    enter: AgeRate
    enter_need: Spread
    enter_west: Multiplier
    enter_eastern_eu: Multiplier
    enter_other: Multiplier
    enter_employed: Multiplier
    enter_student: Multiplier
    enter_on_aap: Multiplier
    enter_on_benefit: Multiplier
    enter_again: Multiplier
    again_months: Months
    enter_child_welfare: Multiplier
    child_welfare_until: Annotated[int, Field(ge=18, le=30)]
    enter_waiting: Multiplier
    enter_after_programme: Multiplier
    after_programme_months: Months
    season: Amplitude
    peak_month: CalendarMonth


class Exit(Table):
    """Monthly probabilities of leaving, by destination."""

    work: Probability
    education: Probability
    programme: Probability
    aap: Probability
    disability: Probability
    nothing: Probability
    need: Slope
    immigrant: Multiplier
    long_months: Months
    long: Multiplier

    @model_validator(mode="after")
    def _possible(self) -> Self:
        parts = (self.work, self.education, self.programme, self.aap, self.disability)
        if sum(parts) + self.nothing > 1:
            raise ValueError(
                "work, education, programme, aap, disability and nothing summing to at most 1"
            )
        return self


class Grant(Table):
    """Monthly amounts.

    ``under_duty`` multiplies what is granted in a month under the duty: the rule at the age of
    release is then one about amounts too.
    """

    mean_nok: Annotated[float, Field(gt=0, le=100_000)]
    year: Annotated[int, Field(ge=1990, le=2100)]
    growth: Annotated[float, Field(ge=-0.2, le=0.2)]
    log_sd: Spread
    month_spread: Probability
    under_duty: Multiplier


class Conditions(Table):
    """Probability that a recipient has a condition in a month."""

    large: Probability
    other: Probability
    low_use: Probability
    persistence: Annotated[float, Field(ge=0, lt=1)]
