"""Municipalities, their mergers and their adoption of conditions."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from data_synth.world.types import (
    Month,
    Months,
    Probability,
    Shares,
    Spread,
    Table,
)

Residents = Annotated[int, Field(ge=1, le=100_000_000)]
Limits = Annotated[tuple[Residents, Residents, Residents], Field(strict=False)]
Parts = Annotated[int, Field(ge=2, le=6)]


class Municipalities(Table):
    """Number, sizes and fixed differences of municipalities."""

    seed: Annotated[int, Field(ge=0)]
    count: Annotated[int, Field(ge=2, le=400)]
    residents: Residents
    largest_share: Annotated[float, Field(gt=0, lt=1)]
    smallest: Residents
    log_size_sd: Spread
    size_source: Literal["survey", "table"]
    size_survey: Limits
    size_table: Limits
    employment_sd: Spread
    education_sd: Spread
    receipt_sd: Spread

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.residents * (1 - self.largest_share) < self.smallest * (self.count - 1):
            raise ValueError("residents beside the largest share of at least count - 1 smallest")
        for limits in (self.size_survey, self.size_table):
            if not limits[0] < limits[1] < limits[2]:
                raise ValueError("size_survey and size_table that ascend")
        return self


class Adoption(Table):
    """Which municipalities demand activity, from when, and what a survey of offices hears of it.

    Attributes
    ----------
    single
        Where given, the one municipality of rank ``single_rank`` adopts then, none other before
        the law.
    """

    law: Month
    before_share: Probability
    after_share: Probability
    before_first: Month
    before_last: Month
    every_months: Annotated[int, Field(ge=1, le=120)]
    after: Month
    single: Month | None = None
    single_rank: Annotated[int, Field(ge=1, le=400)]
    low_prior_use_before: Probability
    low_prior_use_others: Probability
    narrow_later: Probability
    narrow_months: Months
    answered: Probability
    undated: Probability
    half_year: Probability
    narrow_answers: Probability

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.before_share + self.after_share > 1:
            raise ValueError("before_share and after_share that sum to at most 1")
        if not self.before_first <= self.before_last < self.law < self.after:
            raise ValueError("before_first, before_last, law, after in this order")
        if self.single is None:
            return self
        if self.single >= self.law:
            raise ValueError("single before law")
        if self.before_share > 0:
            raise ValueError("before_share = 0 where single is given: no other adopts before law")
        return self


class Mergers(Table):
    """When municipalities of the first month became others, and how many."""

    first: Month
    first_share: Probability
    first_parts: Parts
    county: Month
    county_share: Probability
    county_parts: Parts
    large: Month
    large_share: Probability
    large_parts: Shares
    splits: Annotated[int, Field(ge=0, le=20)]

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if not self.first < self.county < self.large:
            raise ValueError("first, county, large in this order")
        if self.first_share + self.county_share + self.large_share > 0.5:
            raise ValueError("first_share, county_share, large_share that sum to at most 0.5")
        if not 1 <= len(self.large_parts) <= 5:
            raise ValueError("large_parts of one to five shares")
        return self
