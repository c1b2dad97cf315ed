"""How strongly the duty acts on recipients: by office, content and person."""

from __future__ import annotations

import numpy as np

from data_synth.life.content import activity_hours
from data_synth.life.draws import BoolArray, FloatArray, IntArray
from data_synth.life.state import Month, State
from data_synth.places.offices import PROVISIONS
from data_synth.places.serving import office_of
from data_synth.world.duty import Duty

_ALIKE = (1.0, 1.0, 1.0)
_NONE = PROVISIONS.index("none")


def strength(state: State, month: Month, at: IntArray, condition: BoolArray) -> FloatArray:
    """Return the duty's strength on recipients, 1 being what the multipliers are given for.

    Parameters
    ----------
    at
        Positions of the recipients, shape ``(k,)``.
    condition
        Whether each has a condition this month, shape ``(k,)``.
    """
    given, persons = month.world.duty, month.persons
    felt = month.felt[at]
    in_force = month.index >= month.force[at]
    # What is left of it on those once under it matters wherever less than that is felt.
    carried = np.where((state.duty_months[at] > 0) & in_force, given.carry_over, 0.0)
    power = np.maximum(felt, carried)
    if given.exclusion:
        # Through conditions alone: a condition does the same whoever demanded it.
        power = condition.astype(np.float64)
    years = np.clip(month.index - month.force[at], 0, None) / 12.0
    if given.growth:
        power = power * (1.0 + given.growth * np.where(in_force, years, 0.0))
    if given.by_need:
        power = power * np.exp(given.by_need * persons.need[at] - given.by_need**2 / 2)
    return np.asarray(power * _office(state, month, at))


def entry_part(state: State, month: Month, at: IntArray) -> FloatArray | float:
    """Return the part of the duty's effect on entry that offices let through.

    Parameters
    ----------
    at
        Positions of those who might enter, shape ``(k,)``.
    """
    given = month.world.duty.entry_strategy
    if given == _ALIKE:
        return 1.0
    office = office_of(month.places, state.muni[at], month.persons.district[at])
    return np.asarray(np.array(given)[month.places.offices.strategy[office]])


def _office(state: State, month: Month, at: IntArray) -> FloatArray | float:
    given, offices = month.world.duty, month.places.offices
    if _same_everywhere(given):
        return 1.0
    office = office_of(month.places, state.muni[at], month.persons.district[at])
    factor = np.where(offices.strict[office], given.strict, given.mild)
    hours = activity_hours(offices.hours[office], month.persons.effort[at])
    factor *= hours >= given.hours_from
    if given.needs_provision:
        factor *= month.index >= offices.opened[office]
    if given.provision != _ALIKE:
        closed = month.index < offices.opened[office]
        factor *= np.array(given.provision)[np.where(closed, _NONE, offices.provision[office])]
    factor *= np.array(given.strategy)[offices.strategy[office]]
    return np.asarray(factor)


def _same_everywhere(given: Duty) -> bool:
    """Whether the duty is as strong at every office."""
    content = given.hours_from or given.needs_provision
    alike = given.provision == _ALIKE and given.strategy == _ALIKE
    return given.strict == given.mild == 1.0 and not content and alike
