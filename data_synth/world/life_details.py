"""What registers hold beside the core of a life: homes, schooling, jobs, incomes and charges."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from data_synth.world.types import (
    AgeRate,
    Month,
    Months,
    Multiplier,
    Probability,
    Shares,
    Slope,
    Spread,
    Table,
)

Span = Annotated[float, Field(gt=0, le=80)]
Kroner = Annotated[float, Field(gt=0, le=1_000_000)]
BasicAmounts = Annotated[float, Field(ge=0, le=20)]


class Background(Table):
    """Where persons and their parents come from."""

    norwegian_born_to_immigrants: Probability


class Households(Table):
    """Leaving home, partnerships and children."""

    home_left_from: Span
    home_left_mean: Span
    partner_from: Span
    partner_wait_women: Span
    partner_wait_men: Span
    partner_need: Annotated[float, Field(ge=-1, le=1)]
    partnership_years: Span
    partnership_need: Slope
    repartner_years: Span
    child_wait: Span
    child_spacing: Span
    second_child: Probability
    third_child: Probability
    lone_mothers: Probability
    oldest_parent: Span
    single_parent_women: Probability
    single_parent_men: Probability

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.home_left_from < self.home_left_mean:
            raise ValueError("home_left_from before home_left_mean")
        return self


class Schooling(Table):
    """Months of enrolment that complete a level, and what was completed before the data."""

    basic_months: Months
    upper_months: Months
    short_higher_months: Months
    long_higher_months: Months
    pace_spread: Annotated[float, Field(ge=0, lt=1)]
    settled_shares: Shares
    ability: Annotated[float, Field(ge=-1, le=1)]
    unknown_abroad: Probability

    @model_validator(mode="after")
    def _possible(self) -> Self:
        steps = (
            self.basic_months,
            self.upper_months,
            self.short_higher_months,
            self.long_higher_months,
        )
        if sorted(steps) != list(steps):
            raise ValueError(
                "basic_months, upper_months, short_higher_months, long_higher_months in this order"
            )
        if len(self.settled_shares) != 4:
            raise ValueError(
                "settled_shares with four shares: lower secondary, upper secondary, "
                "short higher, long higher"
            )
        return self


class Jobs(Table):
    """Employers, hours and wages."""

    register_from: Month
    shortest_months: Annotated[int, Field(ge=1, le=120)]
    tenure_months: Annotated[int, Field(ge=1, le=600)]
    full_time_men: Probability
    full_time_women: Probability
    full_time_students: Probability
    full_time_hours: Annotated[float, Field(gt=0, le=60)]
    second_job: Probability
    wage_nok: Kroner
    wage_year: Annotated[int, Field(ge=1990, le=2100)]
    wage_growth: Annotated[float, Field(ge=-0.2, le=0.2)]
    wage_ability: Slope
    wage_women: Multiplier
    wage_slope: Slope
    wage_curve: Slope
    wage_job_sd: Spread
    wage_month_spread: Probability

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.shortest_months > self.tenure_months:
            raise ValueError("shortest_months at most tenure_months")
        return self


class Incomes(Table):
    """Benefits in basic amounts a year, and tax."""

    aap_g: BasicAmounts
    disability_g: BasicAmounts
    programme_g: BasicAmounts
    programme_under_25: Multiplier
    introduction_g: BasicAmounts
    introduction_under_25: Multiplier
    unemployment_g: BasicAmounts
    transitional_g: BasicAmounts
    old_age_g: BasicAmounts
    measure_g: BasicAmounts
    tax_free_g: BasicAmounts
    tax_rate: Probability
    top_from_g: BasicAmounts
    top_rate: Probability

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.tax_rate + self.top_rate > 1:
            raise ValueError("tax_rate and top_rate that sum to at most 1")
        return self


class Charges(Table):
    """Criminal charges: how often, of what type and on what day of the week.

    Attributes
    ----------
    employed, student, receiving
        Multipliers in months of work, enrolment and social assistance.
    under_duty
        Further multiplier in months of social assistance under the duty.
    early_adopters
        Log a year since the first month offered, where adopted before the law, duty or no duty.
    """

    men: AgeRate
    women: Multiplier
    employed: Multiplier
    student: Multiplier
    need: Slope
    receiving: Multiplier
    under_duty: Multiplier
    early_adopters: Slope
    types: Shares
    weekend_violence: Multiplier
    weekend_traffic: Multiplier

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if len(self.types) != 5:
            raise ValueError("types with five shares: property, violence, drugs, traffic, other")
        return self
