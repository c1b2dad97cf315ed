"""A month of residence: arrivals, departures, deaths, moves, and the beginning of life."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data_synth.life.draws import BoolArray, Draws, FloatArray
from data_synth.life.lives import Benefit, Status
from data_synth.life.persons import Persons
from data_synth.life.rates import Rates
from data_synth.life.state import State
from data_synth.world.schema import World


def reside(state: State, persons: Persons, world: World, index: int, *, starting: bool) -> None:
    """Move persons, and take them into the data or out of it, as month ``index`` begins.

    Parameters
    ----------
    starting
        Whether this is the first month simulated, which catches up with all before it.
    """
    for month, to in zip(persons.moves, persons.moved_to, strict=True):
        moving = np.nonzero(month <= index if starting else month == index)[0]
        state.muni[moving] = to[moving]
    changing = np.ones(len(persons), dtype=np.bool_)
    if not starting:
        changing = _changes(persons, world, index)
    at = np.nonzero(changing)[0]
    state.status[at] = status_at(persons, world, index)[at] if len(at) else 0
    state.here[at] = state.status[at] == Status.IN
    state.clear(at[~state.here[at]])


def status_at(persons: Persons, world: World, index: int) -> NDArray[np.int8]:
    """Return the ``Status`` of persons in the month ``index``, shape ``(n,)``."""
    age = index - persons.birth
    of_age = (age >= world.ages.youngest * 12) & (age < (world.ages.oldest + 1) * 12)
    abroad = (persons.emigration <= index) & (index < persons.homecoming)
    status = np.where(abroad, Status.EMIGRATED, Status.IN)
    status = np.where(persons.death <= index, Status.DEAD, status)
    return np.where(of_age & (persons.arrival <= index), status, Status.BEFORE).astype(np.int8)


def _changes(persons: Persons, world: World, index: int) -> BoolArray:
    changing: BoolArray = persons.birth == index - world.ages.youngest * 12
    changing |= persons.birth == index - (world.ages.oldest + 1) * 12
    for month in (persons.arrival, persons.death, persons.emigration, persons.homecoming):
        changing |= month == index
    return changing


def begin_life(
    state: State,
    rates: Rates,
    persons: Persons,
    world: World,
    index: int,
    draws: Draws,
    *,
    starting: bool,
) -> None:
    """Start those who reach the first age, and at the start of time all who are beyond it.

    The latter start in work, in education and on disability benefit at the level to which their
    age's probabilities tend; the burn-in wears off the rest.
    """
    youngest = world.ages.youngest * 12
    new = np.nonzero(state.here & (starting | (persons.birth == index - youngest)))[0]
    if not len(new):
        return
    age = index - persons.birth[new]
    first = age == youngest
    enrol, leave, find, lose = (
        table[age] for table in (rates.enrol, rates.leave_school, rates.find, rates.lose)
    )
    in_school = np.where(first, world.education.at_start, _settled(enrol, leave))
    at_work = np.where(first, world.employment.at_start, _settled(find, lose))
    ill = draws.uniform("first/benefit", at=new) < rates.disabled_at_start[age] * persons.ill[new]
    state.benefit[new[ill]] = Benefit.DISABILITY
    state.educated[new] = draws.uniform("first/education", at=new) < in_school
    state.employed[new] = (draws.uniform("first/employment", at=new) < at_work) & ~ill


def _settled(gain: FloatArray, loss: FloatArray) -> FloatArray:
    total = gain + loss
    return np.asarray(np.divide(gain, total, out=np.zeros_like(total), where=total > 0.0))
