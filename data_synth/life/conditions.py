"""Which recipients have a condition in a month."""

from __future__ import annotations

import numpy as np

from data_synth.life.draws import BoolArray, IntArray
from data_synth.life.state import Month, State

LARGE = 2  # of ``Places.size_class``


def impose(state: State, month: Month, at: IntArray) -> BoolArray:
    """Return which of the recipients at positions ``at`` have a condition.

    With probability ``persistence`` the person's own number decides, else a fresh one: both are
    uniform, so the probability holds every month while conditions last.
    """
    given, places, muni = month.world.conditions, month.places, state.muni[at]
    u = month.draws.uniform("condition", month.index, at)
    fresh = (u - given.persistence) / (1.0 - given.persistence)
    number = np.where(u < given.persistence, month.persons.condition[at], fresh)
    full = np.where(places.size_class[muni] == LARGE, given.large, given.other)
    rare = np.where(places.low_prior_use[muni], given.low_use, 1.0)
    return np.asarray(number < full * (rare + (1.0 - rare) * np.minimum(month.felt[at], 1.0)))
