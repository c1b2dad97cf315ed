"""What a world file may say: every parameter typed, bounded and frozen."""

from __future__ import annotations

import json
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator


def _first_of_month(value: date) -> date:
    if value.day != 1:
        raise ValueError("the first day of a month")
    return value


Month = Annotated[date, AfterValidator(_first_of_month)]
Probability = Annotated[float, Field(ge=0, le=1)]
Multiplier = Annotated[float, Field(ge=0, le=100)]
Spread = Annotated[float, Field(ge=0, le=3)]
Slope = Annotated[float, Field(ge=-5, le=5)]
Amplitude = Annotated[float, Field(ge=0, le=0.5)]
CalendarMonth = Annotated[int, Field(ge=1, le=12)]
Years = Annotated[int, Field(ge=0, le=110)]


class Table(BaseModel):
    """A table of a world file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


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
    """Simulated and observed ages, and the age of release."""

    simulated_from: Years
    observed_from: Years
    observed_to: Years
    released_at: Years

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.simulated_from <= self.observed_from <= self.observed_to:
            raise ValueError("simulated_from at most observed_from, at most observed_to")
        return self


class Births(Table):
    """Birth months, all equally likely."""

    first: Month
    last: Month

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.first > self.last:
            raise ValueError("first not after last")
        return self


class Municipalities(Table):
    """Number, sizes and fixed differences of municipalities."""

    seed: Annotated[int, Field(ge=0)]
    count: Annotated[int, Field(ge=2, le=990)]
    largest_share: Annotated[float, Field(gt=0, lt=1)]
    log_size_sd: Spread
    employment_sd: Spread
    education_sd: Spread
    receipt_sd: Spread


class Adoption(Table):
    """Which municipalities demand activity, and from when."""

    law: Month
    before_share: Probability
    after_share: Probability
    before_first: Month
    before_last: Month
    every_months: Annotated[int, Field(ge=1, le=120)]
    after: Month
    low_prior_use_before: Probability
    low_prior_use_others: Probability

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.before_share + self.after_share > 1:
            raise ValueError("before_share and after_share that sum to at most 1")
        if not self.before_first <= self.before_last < self.law < self.after:
            raise ValueError("before_first, before_last, law, after in this order")
        return self


class Persons(Table):
    """Fixed traits."""

    female_share: Probability
    immigrant_share: Probability
    ability_in_need: Annotated[float, Field(ge=-1, le=1)]


class Calendar(Table):
    """National calendar effects."""

    cycle_amplitude: Amplitude
    cycle_months: Annotated[int, Field(ge=12, le=600)]


class AgeRate(Table):
    """Monthly probability at 30 and its log-quadratic age profile."""

    at_30: Probability
    slope: Slope
    curve: Slope


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
    season: Amplitude
    peak_month: CalendarMonth


class Receipt(Table):
    """Entry to and exit from social assistance."""

    enter: AgeRate
    need_sd: Spread
    enter_immigrant: Multiplier
    enter_employed: Multiplier
    enter_student: Multiplier
    enter_again: Multiplier
    again_months: Annotated[int, Field(ge=0, le=600)]
    exit_to_work: Probability
    exit_to_education: Probability
    exit_to_nothing: Probability
    exit_need: Slope
    long_months: Annotated[int, Field(ge=0, le=600)]
    exit_long: Multiplier
    season: Amplitude
    peak_month: CalendarMonth

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.exit_to_work + self.exit_to_education + self.exit_to_nothing > 1:
            raise ValueError(
                "exit_to_work, exit_to_education, exit_to_nothing summing to at most 1"
            )
        return self


class Grant(Table):
    """Monthly amounts."""

    mean_nok: Annotated[float, Field(gt=0, le=100_000)]
    year: Annotated[int, Field(ge=1990, le=2100)]
    growth: Annotated[float, Field(ge=-0.2, le=0.2)]
    log_sd: Spread
    month_spread: Probability


class Conditions(Table):
    """Probability that a recipient has a condition in a month."""

    with_duty: Probability
    without_duty: Probability
    without_duty_low_use: Probability
    persistence: Annotated[float, Field(ge=0, lt=1)]


class Duty(Table):
    """What the duty multiplies while it holds; 1 changes nothing."""

    exit_to_work: Multiplier
    exit_to_education: Multiplier
    exit_to_nothing: Multiplier
    entry: Multiplier


class Draw(Table):
    """The large draw from which superpopulation truth is computed."""

    persons: Annotated[int, Field(ge=1_000)]
    seed: Annotated[int, Field(ge=0)]


class World(Table):
    """A synthetic Norway: all that a simulation needs but persons, seed and policy."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    title: Annotated[str, Field(min_length=1)]
    time: Time
    ages: Ages
    births: Births
    municipalities: Municipalities
    adoption: Adoption
    persons: Persons
    calendar: Calendar
    education: Education
    employment: Employment
    receipt: Receipt
    grant: Grant
    conditions: Conditions
    duty: Duty
    truth: Draw

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content in canonical JSON, hexadecimal."""
        content = self.model_dump(mode="json")
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return sha256(text.encode()).hexdigest()
