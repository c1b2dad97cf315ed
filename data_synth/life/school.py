"""A month at school: enrolling and leaving."""

from __future__ import annotations

import numpy as np

from data_synth.life.state import Month, State


def attend(state: State, month: Month) -> None:
    """Enrol some and let others leave."""
    rates, persons, season = month.rates, month.persons, month.season.enrol
    u = month.draws.uniform("education", month.index)
    # Only those whose number lies below what anybody's probability could be are looked at.
    bound = np.where(
        state.educated,
        month.top(rates.leave_school),
        persons.enrol * (season * month.top(rates.enrol)),
    )
    at = np.nonzero((u < bound) & state.here)[0]
    enrolled, age = state.educated[at], month.age[at]
    probability = np.where(
        enrolled, rates.leave_school[age], rates.enrol[age] * persons.enrol[at] * season
    )
    moved = at[u[at] < probability]
    state.educated[moved] ^= True
