"""Who holds half a benefit."""

from __future__ import annotations

from data_synth.life.draws import BoolArray
from data_synth.life.lives import Lives


def graded(lives: Lives) -> BoolArray:
    """Return who holds half of those benefits that are given by degree, shape ``(n,)``."""
    return lives.draws.uniform("benefit/graded") < lives.world.claims.graded
