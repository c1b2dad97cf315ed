"""Where persons stand, and the month they live through."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from data_synth.life.draws import BoolArray, Draws, FloatArray, IntArray
from data_synth.life.persons import Persons
from data_synth.life.rates import Rates, Season
from data_synth.places.layout import Places
from data_synth.world.schema import World

LONG_AGO = -(1 << 14)  # a month index before every life


@dataclass
class State:
    """The end of a month; arrays of shape ``(n,)``, changed in place by the steps of a month.

    Attributes
    ----------
    status, here
        ``Status``, and whether it is ``IN``.
    muni
        Position of the municipality lived in.
    educated, employed, receiving
        Indicators.
    benefit, benefit_since
        ``Benefit``, and the month index from which it runs.
    qualified
        Whether the person was on the qualification programme once, and is no longer.
    spell_since, exit_month
        Month indices of the beginning of the current spell of social assistance and of the last
        exit from one; ``LONG_AGO`` for none.
    duty_months
        Months received under the duty so far.
    """

    status: NDArray[np.int8]
    here: BoolArray
    muni: IntArray
    educated: BoolArray
    employed: BoolArray
    receiving: BoolArray
    benefit: NDArray[np.int8]
    benefit_since: IntArray
    qualified: BoolArray
    spell_since: IntArray
    exit_month: IntArray
    duty_months: NDArray[np.int16]

    def copy(self) -> State:
        """Return a copy that shares nothing."""
        return State(**{field.name: getattr(self, field.name).copy() for field in fields(self)})

    def clear(self, at: IntArray) -> None:
        """End everything for those at positions ``at``, who leave."""
        for indicator in (self.educated, self.employed, self.receiving):
            indicator[at] = False
        self.benefit[at] = 0
        self.exit_month[at] = LONG_AGO


def make_state(count: int, origin: IntArray) -> State:
    """Return the state before life: nothing, ever."""

    def flags() -> BoolArray:
        return np.zeros(count, dtype=np.bool_)

    def long_ago() -> IntArray:
        return np.full(count, LONG_AGO, dtype=np.int64)

    return State(
        status=np.zeros(count, dtype=np.int8),
        here=flags(),
        muni=origin.copy(),
        educated=flags(),
        employed=flags(),
        receiving=flags(),
        benefit=np.zeros(count, dtype=np.int8),
        benefit_since=long_ago(),
        qualified=flags(),
        spell_since=long_ago(),
        exit_month=long_ago(),
        duty_months=np.zeros(count, dtype=np.int16),
    )


@dataclass(frozen=True)
class Month:
    """A month of a chunk: all that the steps need beside the state.

    Attributes
    ----------
    index
        Month index; it also keys the draws.
    age
        Completed months at the month's end, shape ``(n,)``.
    ages
        Lowest and highest age in the chunk.
    duty
        Share of the month under the duty, were the person in the data; shape ``(n,)``.
    felt
        Strength at which the duty is felt before what person and office make of it: its share,
        with anticipation and spillover; shape ``(n,)``.
    force
        Month index from which the duty is in force where the person lives; shape ``(n,)``.
    early
        Whether the municipality adopted before the law; shape ``(m,)``.
    offered
        Whether the municipality has opened the qualification programme; shape ``(m,)``.
    opened
        The same as it happened, whatever the policy.
    """

    world: World
    places: Places
    persons: Persons
    rates: Rates
    season: Season
    draws: Draws
    index: int
    age: IntArray
    ages: tuple[int, int]
    duty: FloatArray
    felt: FloatArray
    force: IntArray
    early: BoolArray
    offered: BoolArray
    opened: BoolArray

    def top(self, table: FloatArray) -> float:
        """Return the largest value of a table by age over the ages of the chunk."""
        low, high = (min(max(age, 0), len(table) - 1) for age in self.ages)
        return float(table[low : high + 1].max())
