"""Where and when the qualification programme opens, and what it does to those who were on it."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from data_synth.world.types import Month, Multiplier, Probability, Table


class Programme(Table):
    """The opening of the qualification programme, and multipliers of probabilities, 1 for none.

    Attributes
    ----------
    staggered
        Whether municipalities open it at different dates; else it is open everywhere, always.
    first, last, every_months
        Months of the first and the last opening, and months between them.
    open_share
        Share of municipalities, and of persons, that open it in these months; the others never.
    after_find, after_lose
        On finding and losing work, of those who were on the programme once.
    beside_find
        On finding work, of everybody in a municipality that has opened it: what else opened with
        it, whatever the policy.
    """

    staggered: bool
    first: Month
    last: Month
    every_months: Annotated[int, Field(ge=1, le=120)]
    open_share: Probability
    after_find: Multiplier
    after_lose: Multiplier
    beside_find: Multiplier

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.first > self.last:
            raise ValueError("first not after last")
        if not self.staggered and self.beside_find != 1:
            raise ValueError("beside_find = 1 where staggered = false: nothing opens")
        return self
