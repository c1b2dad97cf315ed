"""A month at work: finding and losing it."""

from __future__ import annotations

import numpy as np

from data_synth.life.draws import FloatArray, IntArray
from data_synth.life.state import Month, State


def work(state: State, month: Month) -> None:
    """Let some find work and others lose it."""
    rates, persons, season = month.rates, month.persons, month.season
    u = month.draws.uniform("employment", month.index)
    after_lose = month.world.programme.after_lose
    # Only those whose number lies below what anybody's probability could be are looked at.
    bound = np.where(
        state.employed,
        persons.lose * (season.lose * month.top(rates.lose) * max(after_lose, 1.0)),
        persons.find * (_highest(month) * month.top(rates.find)),
    )
    at = np.nonzero((u < bound) & state.here)[0]
    age = month.age[at]
    lose = rates.lose[age] * persons.lose[at] * season.lose
    lose *= np.where(state.qualified[at], after_lose, 1.0)
    find = rates.find[age] * persons.find[at] * _finding(state, month, at)
    moved = at[u[at] < np.where(state.employed[at], lose, find)]
    state.employed[moved] ^= True


def _finding(state: State, month: Month, at: IntArray) -> FloatArray:
    given, season = month.world.employment, month.season
    factor = np.where(state.educated[at], given.find_student, 1.0)
    factor *= np.where(state.receiving[at], given.find_recipient, 1.0)
    factor *= np.where(state.benefit[at] > 0, given.find_on_benefit, 1.0)
    young = month.age[at] < month.world.ages.released_at * 12
    factor *= np.where(young, season.find_under, season.find_above)
    factor *= np.where(month.early[month.persons.muni[at]], season.find_early, 1.0)
    factor *= np.where(state.qualified[at], month.world.programme.after_find, 1.0)
    factor *= np.where(month.opened[state.muni[at]], month.world.programme.beside_find, 1.0)
    return np.asarray(factor * season.find)


def _highest(month: Month) -> float:
    given, season = month.world.employment, month.season
    most = season.find
    for factor in (
        given.find_student,
        given.find_recipient,
        given.find_on_benefit,
        max(season.find_under, season.find_above),
        season.find_early,
        month.world.programme.after_find,
        month.world.programme.beside_find,
    ):
        most *= max(factor, 1.0)
    return most
