"""One month of life: education, work, social assistance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data_synth.draws import BoolArray, Draws, FloatArray, IntArray
from data_synth.persons import Persons
from data_synth.rates import Rates
from data_synth.world import World


@dataclass
class State:
    """Where the persons of a chunk stand at the end of a month; arrays of shape ``(n,)``."""

    educated: BoolArray
    employed: BoolArray
    receiving: BoolArray
    spell_months: IntArray
    months_since: IntArray
    duty_months: IntArray


def make_state(count: int) -> State:
    """Return the state before life: nothing, ever."""
    return State(
        educated=np.zeros(count, dtype=np.bool_),
        employed=np.zeros(count, dtype=np.bool_),
        receiving=np.zeros(count, dtype=np.bool_),
        spell_months=np.zeros(count, dtype=np.int64),
        months_since=np.full(count, np.iinfo(np.int32).max, dtype=np.int64),
        duty_months=np.zeros(count, dtype=np.int64),
    )


def enter_life(
    state: State, world: World, rates: Rates, position: IntArray, step: int, draws: Draws
) -> None:
    """Start those who reach the first age, and at the start of time all who are beyond it.

    The latter start in work and in education at the level to which their age's probabilities
    tend; the burn-in wears off the rest.
    """
    new = np.nonzero(position >= 1 if step == 0 else position == 1)[0]
    if not len(new):
        return
    at = position[new]
    enrol, leave, find, lose = (
        table[at] for table in (rates.enrol, rates.leave_school, rates.find, rates.lose)
    )
    first = at == 1
    in_school = np.where(first, world.education.at_start, _settled(enrol, leave))
    at_work = np.where(first, world.employment.at_start, _settled(find, lose))
    state.educated[new] = draws.uniform("first/education")[new] < in_school
    state.employed[new] = draws.uniform("first/employment")[new] < at_work


def _settled(gain: FloatArray, loss: FloatArray) -> FloatArray:
    total = gain + loss
    return np.asarray(np.divide(gain, total, out=np.zeros_like(total), where=total > 0.0))


def live_month(
    state: State,
    persons: Persons,
    world: World,
    rates: Rates,
    position: IntArray,
    step: int,
    duty: FloatArray,
    draws: Draws,
) -> None:
    """Move ``state`` one month ahead.

    Parameters
    ----------
    position
        Age positions in the arrays of ``rates``, shape ``(n,)``.
    step
        Months since the start.
    duty
        Share of the month under the duty, shape ``(n,)``.
    """
    work, receipt = world.employment, world.receipt
    enrol = rates.enrol[position] * persons.enrol * rates.season_enrol[step]
    u = draws.uniform("education", step)
    educated = np.where(state.educated, u >= rates.leave_school[position], u < enrol)

    find = rates.find[position] * persons.find * rates.season_find[step]
    find *= np.where(state.educated, work.find_student, 1.0)
    find *= np.where(state.receiving, work.find_recipient, 1.0)
    u = draws.uniform("employment", step)
    employed = np.where(state.employed, u >= rates.lose[position] * persons.lose, u < find)

    enter = rates.enter[position] * persons.enter * rates.season_enter[step]
    enter *= np.where(employed, receipt.enter_employed, 1.0)
    enter *= np.where(educated, receipt.enter_student, 1.0)
    enter *= np.where(state.months_since <= receipt.again_months, receipt.enter_again, 1.0)
    enter *= 1.0 + (world.duty.entry - 1.0) * duty
    u = draws.uniform("receipt", step)
    scale = persons.leave * np.where(
        state.spell_months > receipt.long_months, receipt.exit_long, 1.0
    )
    to_work, to_school, to_nothing = _exits(u, scale, duty, world)
    leaving = state.receiving & (to_work | to_school | to_nothing)
    receiving = np.where(state.receiving, ~leaving, u < enter)

    state.educated = educated | (state.receiving & to_school)
    state.employed = employed | (state.receiving & to_work)
    state.spell_months = np.where(receiving, state.spell_months + 1, 0)
    state.months_since = np.where(
        receiving, np.iinfo(np.int32).max, np.where(leaving, 1, state.months_since + 1)
    )
    state.duty_months = state.duty_months + (receiving & (duty > 0.0))
    state.receiving = receiving


def _exits(
    u: FloatArray, scale: FloatArray, duty: FloatArray, world: World
) -> tuple[BoolArray, BoolArray, BoolArray]:
    """Return who would exit to work, to education and to nothing.

    One uniform number decides. Exits without the duty hold their places on [0, 1); what the duty
    adds lies above them all, what it takes comes off the upper end of its own place. So a person
    who exits under both policies exits to the same destination, and a multiplier of one leaves
    every bit as it was.
    """
    receipt = world.receipt
    base = (receipt.exit_to_work, receipt.exit_to_education, receipt.exit_to_nothing)
    by_duty = (world.duty.exit_to_work, world.duty.exit_to_education, world.duty.exit_to_nothing)
    low = np.zeros_like(u)
    high = scale * sum(base)
    exits = []
    for probability, multiplier in zip(base, by_duty, strict=True):
        width = scale * probability
        factor = 1.0 + (multiplier - 1.0) * duty
        kept = (u >= low) & (u < low + width * np.minimum(factor, 1.0))
        added = width * np.maximum(factor - 1.0, 0.0)
        exits.append(kept | ((u >= high) & (u < high + added)))
        low = low + width
        high = high + added
    return exits[0], exits[1], exits[2]
