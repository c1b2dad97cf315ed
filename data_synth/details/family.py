"""The family that a person grew up in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data_synth.life.lives import Lives


def family_rank(lives: Lives) -> NDArray[np.int8]:
    """Return the rank of the family by resources, 1 to 100, shape ``(n,)``.

    It goes with need and does nothing by itself: a trait known before any claim, from which claims
    can be predicted.
    """
    from scipy.special import ndtr

    link = lives.world.traits.family_in_need
    own = np.sqrt(1.0 - link**2) * lives.draws.normal("family")
    share = ndtr(link * lives.persons.need + own)
    return np.asarray(np.clip(np.ceil(100.0 * share), 1, 100).astype(np.int8))
