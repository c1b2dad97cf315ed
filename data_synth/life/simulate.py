"""The monthly simulation of one chunk of persons."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data_synth.life.assistance import assist
from data_synth.life.benefits import draw_benefits
from data_synth.life.draws import BoolArray, Draws, FloatArray, IntArray
from data_synth.life.exposure import exposure_share, in_force_from, programme_from
from data_synth.life.lives import Lives
from data_synth.life.make_persons import make_persons
from data_synth.life.months import days_in, month_index
from data_synth.life.persons import Persons
from data_synth.life.plan import Chunk
from data_synth.life.policies import POLICY_TABLE, STATUSES, Policy
from data_synth.life.rates import Rates, make_rates, make_season
from data_synth.life.residence import begin_life, reside
from data_synth.life.school import attend
from data_synth.life.state import Month, State, make_state
from data_synth.life.work import work
from data_synth.places.layout import Places, make_places
from data_synth.world.schema import World


def simulate_chunk(
    world: World, chunk: Chunk, seed: int, policy: str, first: int, last: int
) -> Lives:
    """Simulate the persons of ``chunk`` from the start of time; keep ``first`` to ``last``.

    Parameters
    ----------
    policy
        A name in ``POLICIES``.
    first, last
        Month indices, inclusive.
    """
    places, draws = make_places(world), Draws(seed, chunk.numbers)
    persons = make_persons(world, places, chunk, draws)
    lives = _no_lives(world, places, persons, draws, first, last, POLICY_TABLE[policy])
    state = make_state(len(persons), persons.origin)
    youngest, oldest = int(persons.birth.min()), int(persons.birth.max())
    begin = max(month_index(world.time.start), youngest + world.ages.youngest * 12)
    end = min(last, oldest + (world.ages.oldest + 1) * 12 - 1)
    setting = _Setting(world, places, persons, draws, POLICY_TABLE[policy])
    for index in range(begin, end + 1):
        starting = index == begin
        reside(state, persons, world, index, starting=starting)
        begin_life(state, setting.rates, persons, world, index, draws, starting=starting)
        month, row = setting.month(state, index), index - first
        if row < 0:
            _live(state, month)
            continue
        before = state.receiving.copy()
        if setting.policy.this_month is None:
            _record(lives, row, before, state, month, _live(state, month))
            continue
        seen = state.copy()
        instead = setting.month(state, index, setting.policy.this_month)
        _record(lives, row, before, seen, instead, _live(seen, instead))
        _live(state, month)
    return lives


Answer = tuple[BoolArray, NDArray[np.int8]]


def _live(state: State, month: Month) -> Answer:
    """Move ``state`` one month ahead; return conditions and destinations."""
    attend(state, month)
    work(state, month)
    draw_benefits(state, month)
    return assist(state, month)


def _record(
    lives: Lives, row: int, before: BoolArray, state: State, month: Month, answer: Answer
) -> None:
    lives.status[row] = state.status
    lives.muni[row] = state.muni
    lives.employed[row] = state.employed
    lives.educated[row] = state.educated
    lives.benefit[row] = state.benefit
    lives.received[row] = state.receiving
    lives.received_before[row] = before
    lives.condition[row], lives.exit_to[row] = answer
    lives.duty[row] = (month.duty > 0.0) & state.here
    lives.duty_months[row] = np.where(state.here, state.duty_months, 0)


def _no_lives(
    world: World,
    places: Places,
    persons: Persons,
    draws: Draws,
    first: int,
    last: int,
    policy: Policy,
) -> Lives:
    shape = (last - first + 1, len(persons))

    def zeros() -> NDArray[np.int8]:
        return np.zeros(shape, dtype=np.int8)

    return Lives(
        world=world,
        places=places,
        persons=persons,
        draws=draws,
        first=first,
        status=zeros(),
        muni=np.broadcast_to(persons.origin.astype(np.int16), shape).copy(),
        employed=zeros(),
        educated=zeros(),
        benefit=zeros(),
        received=zeros(),
        received_before=zeros(),
        exit_to=zeros(),
        condition=zeros(),
        duty=zeros(),
        duty_months=np.zeros(shape, dtype=np.int16),
        programme_from=programme_from(places, policy),
    )


class _Setting:
    """What does not change from month to month."""

    def __init__(
        self, world: World, places: Places, persons: Persons, draws: Draws, policy: Policy
    ) -> None:
        self.world, self.places, self.persons = world, places, persons
        self.draws, self.policy = draws, policy
        self.rates: Rates = make_rates(world)
        self.force = in_force_from(places, policy)
        self.offered = programme_from(places, policy)
        self.early: BoolArray = places.status == STATUSES.index("before")

    def month(self, state: State, index: int, share: float | None = None) -> Month:
        """Return the month ``index``; ``share`` replaces the exposure of all ages."""
        age = index - self.persons.birth
        release = self.world.ages.released_at * 12
        exposure: FloatArray = (
            exposure_share(age, self.persons.birth_day, days_in(index), release)
            if share is None
            else np.full(len(age), share)
        )
        force: IntArray = self.force[state.muni]
        given = self.world.duty
        felt = exposure + given.spillover * (1.0 - exposure) if given.spillover else exposure
        return Month(
            world=self.world,
            places=self.places,
            persons=self.persons,
            rates=self.rates,
            season=make_season(self.world, index),
            draws=self.draws,
            index=index,
            age=age,
            ages=(int(age.min()), int(age.max())),
            duty=np.where(index >= force, exposure, 0.0),
            felt=np.where(index >= force - given.lead_months, felt, 0.0),
            force=force,
            early=self.early,
            offered=self.offered <= index,
            opened=self.places.programme_from <= index,
        )
