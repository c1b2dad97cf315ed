"""What else happens, whatever the policy."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from data_synth.world.types import Month, Months, Multiplier, Probability, Slope, Spread, Table


class Trends(Table):
    """Log finding work a year, from the first offered month."""

    early_adopters: Slope
    under_release: Slope


class AgeShocks(Table):
    """National shocks to finding work, common to all below and to all above the age of release."""

    sd: Spread
    seed: Annotated[int, Field(ge=0)]


class Rival(Table):
    """Another programme for those below the age of release."""

    first: Month
    find: Multiplier


class Tightening(Table):
    """Work assessment allowance made harder to get and to keep."""

    first: Month
    enter: Multiplier
    exit: Multiplier


class Pandemic(Table):
    """Months of closed workplaces."""

    first: Month
    last: Month
    find: Multiplier
    lose: Multiplier
    enter: Multiplier

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.first > self.last:
            raise ValueError("first not after last")
        return self


class NearRelease(Table):
    """Entries put off from the months below the age of release to those above."""

    months: Months
    shift: Probability


class Recording(Table):
    """What the registers get wrong; truth is free of it."""

    break_month: Month
    employed_missed_before: Probability
    lost: Probability
    lost_under_duty: Multiplier
    adoption_error_share: Probability
    adoption_error_months: Months
    late_share: Probability
