"""The monthly simulation of one chunk of persons."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_synth.draws import BoolArray, Draws, FloatArray, IntArray
from data_synth.exposure import exposure_share, in_force_from
from data_synth.months import days_in, month_index
from data_synth.municipalities import Municipalities
from data_synth.persons import Persons, make_persons
from data_synth.policies import Policy
from data_synth.rates import make_rates
from data_synth.transitions import enter_life, live_month, make_state
from data_synth.world import World


@dataclass(frozen=True)
class Lives:
    """What a chunk of persons went through; month arrays have shape ``(months, n)``.

    ``received_before`` is receipt in the month before. ``sa_nok`` and ``condition_imposed`` are 0
    where nothing is received.
    """

    persons: Persons
    received: NDArray[np.int8]
    received_before: NDArray[np.int8]
    employed: NDArray[np.int8]
    educated: NDArray[np.int8]
    condition_imposed: NDArray[np.int8]
    duty_months: NDArray[np.int16]
    sa_nok: NDArray[np.int32]


def simulate_chunk(
    world: World,
    municipalities: Municipalities,
    policy: Policy,
    draws: Draws,
    count: int,
    first: int,
    last: int,
) -> Lives:
    """Simulate ``count`` persons from the start of time and keep months ``first`` to ``last``."""
    start, release = month_index(world.time.start), world.ages.released_at * 12
    persons = make_persons(world, municipalities, draws)
    rates = make_rates(world, last - start + 1)
    force = in_force_from(municipalities, policy)[persons.muni]
    low_use = municipalities.low_prior_use[persons.muni]
    state = make_state(count)
    shape = (last - first + 1, count)
    lives = Lives(
        persons=persons,
        received=np.zeros(shape, dtype=np.int8),
        received_before=np.zeros(shape, dtype=np.int8),
        employed=np.zeros(shape, dtype=np.int8),
        educated=np.zeros(shape, dtype=np.int8),
        condition_imposed=np.zeros(shape, dtype=np.int8),
        duty_months=np.zeros(shape, dtype=np.int16),
        sa_nok=np.zeros(shape, dtype=np.int32),
    )
    for month in range(start, last + 1):
        step = month - start
        age = month - persons.birth
        position = rates.age_index(age)
        share = exposure_share(age, persons.birth_day, days_in(month), release)
        duty = np.where(month >= force, share, 0.0)
        enter_life(state, world, rates, position, step, draws)
        before, seen = state.receiving, state
        if policy.this_month is not None and month >= first:
            seen = copy(state)
        live_month(state, persons, world, rates, position, step, duty, draws)
        if month < first:
            continue
        if policy.this_month is not None:
            duty = np.where(month >= force, policy.this_month, 0.0)
            live_month(seen, persons, world, rates, position, step, duty, draws)
        row, on = month - first, seen.receiving
        lives.received[row] = on
        lives.received_before[row] = before
        lives.employed[row] = seen.employed
        lives.educated[row] = seen.educated
        lives.duty_months[row] = seen.duty_months
        u = draws.uniform("condition", step)
        lives.condition_imposed[row] = on & _condition(u, persons.condition, low_use, duty, world)
        u = draws.uniform("grant", step)
        lives.sa_nok[row] = np.where(on, _amount(u, persons.grant, month, world), 0)
    return lives


def _condition(
    u: FloatArray, own: FloatArray, low_use: BoolArray, duty: FloatArray, world: World
) -> BoolArray:
    """Return who would have a condition this month if receiving.

    With probability ``persistence`` the person's own number decides, else a fresh one: both are
    uniform, so the probability holds every month while conditions last.
    """
    given = world.conditions
    fresh = (u - given.persistence) / (1.0 - given.persistence)
    number = np.where(u < given.persistence, own, fresh)
    without = np.where(low_use, given.without_duty_low_use, given.without_duty)
    return np.asarray(number < without + (given.with_duty - without) * duty)


def _amount(u: FloatArray, own: FloatArray, month: int, world: World) -> IntArray:
    """Return whole nominal kroner, at least one, if receiving."""
    grant = world.grant
    level = grant.mean_nok * (1.0 + grant.growth) ** (month // 12 - grant.year)
    amount = level * own * (1.0 + grant.month_spread * (2.0 * u - 1.0))
    return np.maximum(np.rint(amount), 1.0).astype(np.int64)
