"""Who lives in a world, from when to when, and where they move."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from data_synth.world.types import (
    AgeRate,
    Knots,
    Month,
    Months,
    Multiplier,
    Probability,
    Shares,
    Table,
    Years,
)


class Time(Table):
    """Simulated and offered months."""

    start: Month
    first: Month
    last: Month

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.start < self.first <= self.last:
            raise ValueError("start before first, and first not after last")
        return self


class Ages(Table):
    """Ages that the world holds, and the age of release."""

    youngest: Years
    oldest: Years
    released_at: Years

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.youngest <= self.oldest:
            raise ValueError("youngest at most oldest")
        return self


class Cohorts(Table):
    """Birth cohorts and their composition."""

    size: Knots
    immigrant_share: Knots
    immigrant_groups: Shares
    female_share: Probability
    births_season: Annotated[float, Field(ge=0, le=0.5)]
    births_peak: Annotated[int, Field(ge=1, le=12)]

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if len(self.immigrant_groups) != 3:
            raise ValueError("immigrant_groups with three shares: West, Eastern EU, other")
        if any(share > 1 for _, share in self.immigrant_share):
            raise ValueError("immigrant_share between 0 and 1")
        if sum(size for _, size in self.size) <= 0:
            raise ValueError("size with a cohort that is not empty")
        return self


class Arrivals(Table):
    """When immigrants come, and the introduction programme of those who fled."""

    child_share: Probability
    adult_age_mean: Annotated[float, Field(gt=18, le=60)]
    inflow_year: Annotated[int, Field(ge=1990, le=2100)]
    inflow_share: Probability
    refugee_share: Probability
    programme_wait_months: Months
    programme_months: Months


class Residence(Table):
    """Deaths, emigration and return, and moves between municipalities."""

    death: AgeRate
    emigration: AgeRate
    emigration_immigrant: Multiplier
    return_share: Probability
    return_months: Months
    move: AgeRate


class Traits(Table):
    """Fixed traits of persons."""

    ability_in_need: Annotated[float, Field(ge=-1, le=1)]
    child_welfare_share: Probability
    child_welfare_ability: Annotated[float, Field(ge=-3, le=3)]
    family_in_need: Annotated[float, Field(ge=-1, le=1)]
