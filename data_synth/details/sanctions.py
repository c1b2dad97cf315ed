"""Consequences of broken conditions."""

from __future__ import annotations

import numpy as np

from data_synth.details.keyed import uniform_at
from data_synth.life.lives import Bytes, Lives
from data_synth.places.serving import office_of

REDUCED, OTHER = 1, 2  # 11F's 01 and 02


def sanctions(lives: Lives) -> Bytes:
    """Return the kind of sanction of each month, shape ``(months, n)``; 0 for none.

    Only recipients with a condition are sanctioned, by the regime of their office.
    """
    given = lives.world.sanctions
    kind = np.zeros_like(lives.received)
    row, at = np.nonzero((lives.received == 1) & (lives.condition == 1))
    office = office_of(lives.places, lives.muni[row, at], lives.persons.district[at])
    chance = np.where(lives.places.offices.strict[office], given.strict, given.mild)
    hit = uniform_at(lives.draws, "sanction/month", lives.first + row, at) < chance
    row, at = row[hit], at[hit]
    reduced = uniform_at(lives.draws, "sanction/kind", lives.first + row, at) < given.reduced
    kind[row, at] = np.where(reduced, REDUCED, OTHER)
    return kind
