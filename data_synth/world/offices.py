"""Offices: what they offer, ask and employ."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from data_synth.world.types import Month, Probability, Shares, Table


def _three(value: tuple[float, ...]) -> tuple[float, ...]:
    if len(value) != 3:
        raise ValueError("three shares that sum to 1")
    return value


def _four(value: tuple[float, ...]) -> tuple[float, ...]:
    if len(value) != 4:
        raise ValueError("four shares that sum to 1")
    return value


Three = Annotated[Shares, AfterValidator(_three)]
Four = Annotated[Shares, AfterValidator(_four)]
Hours = Annotated[float, Field(ge=0, le=40)]
Staff = Annotated[float, Field(gt=0, le=10_000)]


class Offices(Table):
    """Shares of offices by what they are.

    Attributes
    ----------
    opened_first, opened_last
        Where given, centres open evenly between these months; else all are open from the start.
    fte
        Mean staff of the four sizes of municipality, from small to large.
    measures_small, measures_medium, measures_large
        Shares of offices with none, one, two to five, and six to nine municipal measures.
    """

    districts: Annotated[int, Field(ge=1, le=99)]
    shared: Probability
    provision: Three
    opened_first: Month | None = None
    opened_last: Month | None = None
    strategy: Three
    aim: Three
    strict: Probability
    hours_low: Hours
    hours_high: Hours
    youth_unit: Probability
    refugee_unit: Probability
    dedicated_staff: Probability
    fte: Annotated[tuple[Staff, Staff, Staff, Staff], Field(strict=False)]
    fte_spread: Probability
    measures_small: Four
    measures_medium: Four
    measures_large: Four
    operated_small: Probability
    operated_medium: Probability
    operated_large: Probability

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.hours_low > self.hours_high:
            raise ValueError("hours_low at most hours_high")
        if (self.opened_first is None) != (self.opened_last is None):
            raise ValueError("opened_first and opened_last both or neither")
        if self.opened_first and self.opened_last and self.opened_first > self.opened_last:
            raise ValueError("opened_first not after opened_last")
        return self
