"""What money was worth."""

from __future__ import annotations

from itertools import pairwise
from typing import Self

from pydantic import model_validator

from data_synth.world.types import Knots, Table


class Prices(Table):
    """Series by year: the basic amount from 1 May of the year, and consumer prices."""

    g: Knots
    cpi: Knots

    @model_validator(mode="after")
    def _yearly(self) -> Self:
        for knots in (self.g, self.cpi):
            if any(later - year != 1 for (year, _), (later, _) in pairwise(knots)):
                raise ValueError("g and cpi with a value for every year from first to last")
            if any(value <= 0 for _, value in knots):
                raise ValueError("g and cpi above 0")
        return self
