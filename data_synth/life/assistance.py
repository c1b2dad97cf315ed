"""A month of social assistance: conditions, exits by destination, entries."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data_synth.life.benefits import grant
from data_synth.life.conditions import impose
from data_synth.life.draws import BoolArray, FloatArray, IntArray
from data_synth.life.lives import Benefit, Destination
from data_synth.life.state import Month, State
from data_synth.life.strength import entry_part, strength


def assist(state: State, month: Month) -> tuple[BoolArray, NDArray[np.int8]]:
    """Let some leave social assistance and others enter it.

    Returns
    -------
    tuple
        Whether a condition is in force, for recipients and for those who leave, and where those
        who leave go (``Destination``); shape ``(n,)`` each.
    """
    before = np.nonzero(state.receiving & state.here)[0]
    condition = np.zeros(len(state.here), dtype=np.bool_)
    exit_to = np.zeros(len(state.here), dtype=np.int8)
    condition[before] = impose(state, month, before)
    entered = _entering(state, month)
    exit_to[before] = _leaving(state, month, before, condition[before])
    _leave(state, month, exit_to)
    state.receiving[entered] = True
    state.spell_since[entered] = month.index
    condition[entered] = impose(state, month, entered)
    under = np.nonzero(state.receiving & (month.duty > 0.0))[0]
    state.duty_months[under] += 1
    return condition, exit_to


def _leave(state: State, month: Month, exit_to: NDArray[np.int8]) -> None:
    left = np.nonzero(exit_to)[0]
    state.receiving[left] = False
    state.exit_month[left] = month.index
    state.employed[np.nonzero(exit_to == Destination.WORK)[0]] = True
    state.educated[np.nonzero(exit_to == Destination.EDUCATION)[0]] = True
    for destination, benefit in _BENEFITS.items():
        grant(state, np.nonzero(exit_to == destination)[0], benefit, month.index)


_BENEFITS = {
    Destination.PROGRAMME: Benefit.PROGRAMME,
    Destination.AAP: Benefit.AAP,
    Destination.DISABILITY: Benefit.DISABILITY,
}


def _leaving(state: State, month: Month, at: IntArray, condition: BoolArray) -> NDArray[np.int8]:
    """Return the destinations of the recipients at positions ``at``.

    One uniform number decides. Exits without the duty hold their places on [0, 1); what the duty
    adds lies above them all, what it takes comes off the upper end of its own place. So a person
    who exits under both policies exits to the same destination, and a multiplier of one leaves
    every bit as it was.
    """
    given, duty = month.world.exit, month.world.duty
    free = state.benefit[at] == Benefit.NONE
    long_term = month.index - state.spell_since[at] > given.long_months
    scale = month.persons.leave[at] * np.where(long_term, given.long, 1.0)
    power = strength(state, month, at, condition)
    tight = month.season.aap_enter
    # Where the programme has not opened its place is empty: who would have gone there stays.
    reach = {Destination.PROGRAMME: month.offered[state.muni[at]].astype(np.float64)}
    places = (
        (Destination.WORK, scale * given.work, duty.exit_to_work),
        (Destination.EDUCATION, scale * given.education, duty.exit_to_education),
        (Destination.PROGRAMME, scale * given.programme * free, duty.exit_to_programme),
        (Destination.AAP, scale * given.aap * tight * free, duty.exit_to_aap),
        (Destination.DISABILITY, scale * given.disability * free, duty.exit_to_disability),
        (Destination.NOTHING, scale * given.nothing, duty.exit_to_nothing),
    )
    u = month.draws.uniform("exit", month.index, at)
    low = np.zeros(len(at))
    high = np.sum([width for _, width, _ in places], axis=0)
    to = np.zeros(len(at), dtype=np.int8)
    for destination, width, multiplier in places:
        factor = (1.0 + (multiplier - 1.0) * power) * reach.get(destination, 1.0)
        kept = np.clip(factor, 0.0, 1.0) * width
        to[(u >= low) & (u < low + kept)] = destination
        low = low + width
        added = np.maximum(factor - 1.0, 0.0) * width
        to[(u >= high) & (u < high + added)] = destination
        high = high + added
    # The introduction benefit begins by rule, whatever else would have happened.
    to[(state.benefit[at] == Benefit.INTRODUCTION) & (state.benefit_since[at] == month.index)] = (
        Destination.INTRODUCTION
    )
    return to


def _entering(state: State, month: Month) -> IntArray:
    """Return the positions of those who begin to receive."""
    given, persons = month.world.receipt, month.persons
    u = month.draws.uniform("entry", month.index)
    most = month.top(month.rates.enter) * month.season.enter * _highest(month)
    recent = state.exit_month >= month.index - given.again_months
    # Only those whose number lies below what their probability could be are looked at.
    likely = (u < persons.enter * most) | recent | persons.refugee | persons.child_welfare
    at = np.nonzero(likely & state.here & ~state.receiving)[0]
    probability = (
        month.rates.enter[month.age[at]]
        * persons.enter[at]
        * month.season.enter
        * _entry_factor(state, month, at)
    )
    return at[u[at] < probability]


def _entry_factor(state: State, month: Month, at: IntArray) -> FloatArray:
    given, persons, age = month.world.receipt, month.persons, month.age[at]
    factor = np.where(state.employed[at], given.enter_employed, 1.0)
    factor *= np.where(state.educated[at], given.enter_student, 1.0)
    benefit = state.benefit[at]
    factor *= np.where(benefit > Benefit.AAP, given.enter_on_benefit, 1.0)
    factor *= np.where(benefit == Benefit.AAP, given.enter_on_aap, 1.0)
    recent = state.exit_month[at] >= month.index - given.again_months
    factor *= np.where(recent, given.enter_again, 1.0)
    young = persons.child_welfare[at] & (age < given.child_welfare_until * 12)
    factor *= np.where(young, given.enter_child_welfare, 1.0)
    refugee = persons.refugee[at]
    waiting = refugee & (month.index < persons.programme_from[at])
    factor *= np.where(waiting, given.enter_waiting, 1.0)
    since = month.index - persons.programme_to[at]
    after = refugee & (since > 0) & (since <= given.after_programme_months)
    factor *= np.where(after, given.enter_after_programme, 1.0)
    factor *= _near_release(month, at)
    dose = RESPONSES[month.world.duty.entry_response](month, at) * entry_part(state, month, at)
    return np.asarray(factor * (1.0 + (month.world.duty.entry - 1.0) * dose))


def _near_release(month: Month, at: IntArray) -> FloatArray | float:
    """Let those in need put entries off from just below the age of release to just above."""
    given, release = month.world.near_release, month.world.ages.released_at * 12
    if not given.shift or not given.months:
        return 1.0
    gap = month.age[at] - release
    needy = month.persons.need[at] > 0
    below = needy & (gap < 0) & (gap >= -given.months)
    above = needy & (gap >= 0) & (gap < given.months)
    return np.where(below, 1.0 - given.shift, np.where(above, 1.0 + given.shift, 1.0))


def _highest(month: Month) -> float:
    """Return the largest factor on entry of those with no recent exit and no special history."""
    given, duty = month.world.receipt, month.world.duty
    most = 1.0 + month.world.near_release.shift
    on_benefit = max(given.enter_on_aap, given.enter_on_benefit)
    for factor in (given.enter_employed, given.enter_student, on_benefit, duty.entry):
        most *= max(factor, 1.0)
    return most


def _expected_dose(month: Month, at: IntArray) -> FloatArray:
    """Return the share of the next ``dose_months`` months under the duty: it kinks at release."""
    ahead = (month.world.ages.released_at * 12 - month.age[at]) / month.world.duty.dose_months
    return np.clip(ahead, 0.0, 1.0) * (month.index >= month.force[at])


RESPONSES = {
    "none": lambda month, at: 0.0,
    "current": lambda month, at: np.minimum(month.felt[at], 1.0),
    "expected_dose": _expected_dose,
}
