"""Codes of municipalities that are in force in a month."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from data_synth.places.layout import make_places
from data_synth.world.schema import World


@lru_cache(maxsize=512)
def codes_in_force(world: World, month: int) -> tuple[str, ...]:
    """Return the four-digit codes in force in the month index ``month``, ascending."""
    mergers = make_places(world).mergers
    pieces = np.arange(len(mergers.unit))
    return tuple(np.unique(mergers.codes_at(pieces, month)).tolist())
