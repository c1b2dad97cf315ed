"""When municipalities open the qualification programme, as it happened."""

from __future__ import annotations

import numpy as np

from data_synth.life.draws import Draws, FloatArray, IntArray
from data_synth.life.months import month_index
from data_synth.life.persons import NEVER
from data_synth.places.dealing import deal
from data_synth.world.schema import World

ALWAYS = 0  # a month index before every life


def make_rollout(world: World, share: FloatArray) -> IntArray:
    """Deal opening months to municipalities of falling ``share``, shape ``(count,)``.

    ``ALWAYS`` where the programme is open from the start, ``NEVER`` where it never opens.
    """
    given = world.programme
    if not given.staggered:
        return np.full(len(share), ALWAYS, dtype=np.int64)
    months = np.arange(
        month_index(given.first), month_index(given.last) + 1, given.every_months, dtype=np.int64
    )
    draws = Draws(world.municipalities.seed, np.arange(len(months)))
    shuffled = months[np.argsort(draws.uniform("rollout/dates"))]
    opens = deal(share, np.array([given.open_share, 1.0 - given.open_share])) == 0
    found = np.full(len(share), NEVER, dtype=np.int64)
    # Square roots, so that a date with a large municipality still has several others.
    even = np.ones(len(months)) / len(months)
    found[opens] = shuffled[deal(np.sqrt(share[opens]), even)]
    return found
