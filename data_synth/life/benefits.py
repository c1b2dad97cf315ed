"""A month of other benefits: work assessment allowance, disability, programmes."""

from __future__ import annotations

import numpy as np

from data_synth.life.draws import IntArray
from data_synth.life.lives import Benefit
from data_synth.life.state import Month, State


def draw_benefits(state: State, month: Month) -> None:
    """Let some fall ill, and end or change the benefits of others."""
    _leave(state, month)
    _fall_ill(state, month)
    begins = (month.persons.programme_from == month.index) & state.here
    begins &= state.benefit == Benefit.NONE
    grant(state, np.nonzero(begins)[0], Benefit.INTRODUCTION, month.index)


def grant(state: State, at: IntArray, benefit: Benefit, month: int) -> None:
    """Give ``benefit`` from ``month`` on to those at positions ``at``."""
    state.benefit[at] = benefit
    state.benefit_since[at] = month


def _fall_ill(state: State, month: Month) -> None:
    rates, ill, tight = month.rates, month.persons.ill, month.season.aap_enter
    u = month.draws.uniform("benefit", month.index)
    most = month.top(rates.aap) * tight + month.top(rates.disability)
    free = state.here & (state.benefit == Benefit.NONE)
    at = np.nonzero((u < ill * most) & free)[0]
    age = month.age[at]
    disability = rates.disability[age] * ill[at]
    aap = rates.aap[age] * ill[at] * tight
    grant(state, at[u[at] < disability], Benefit.DISABILITY, month.index)
    new = at[(u[at] >= disability) & (u[at] < disability + aap)]
    grant(state, new, Benefit.AAP, month.index)


def _leave(state: State, month: Month) -> None:
    """End benefits; work assessment allowance may turn into disability benefit or work."""
    given = month.world.benefits
    at = np.nonzero((state.benefit != Benefit.NONE) & (state.benefit != Benefit.DISABILITY))[0]
    if not len(at):
        return
    kind, lasted = state.benefit[at], month.index - state.benefit_since[at]
    u = month.draws.uniform("benefit/leave", month.index, at)
    to = month.draws.uniform("benefit/to", month.index, at)
    ill = (kind == Benefit.AAP) & (u < given.aap_exit * month.season.aap_exit)
    programme = (kind == Benefit.PROGRAMME) & (
        (u < given.programme_exit) | (lasted >= given.programme_longest)
    )
    taught = (kind == Benefit.INTRODUCTION) & (month.index > month.persons.programme_to[at])
    state.benefit[at[ill | programme | taught]] = Benefit.NONE
    state.qualified[at[programme]] = True
    disabled = ill & (to < given.aap_to_disability)
    grant(state, at[disabled], Benefit.DISABILITY, month.index)
    well = ill & (to >= 1.0 - given.aap_to_work)
    state.employed[at[well | (programme & (to < given.programme_to_work))]] = True
