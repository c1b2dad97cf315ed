"""How many live in each municipality."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from data_synth.life.draws import FloatArray
from data_synth.world.places import Municipalities

SIZE_CLASSES = ("small", "medium", "large")
CLASS_OF_QUARTER = np.array([0, 1, 1, 2], dtype=np.int8)


def make_shares(given: Municipalities) -> FloatArray:
    """Return shares of the persons in falling order, shape ``(count,)``.

    The largest and the smallest are as given; the others lie above the smallest by log-normal
    quantiles.
    """
    others = given.count - 1
    normal = NormalDist()
    ranks = [(others - i - 0.5) / others for i in range(others)]
    above = np.exp(given.log_size_sd * np.array([normal.inv_cdf(rank) for rank in ranks]))
    above -= above.min()
    smallest, rest = given.smallest / given.residents, 1.0 - given.largest_share
    total = above.sum()
    if total == 0.0:  # all alike: one municipality beside the largest, or no spread
        return np.concatenate([[given.largest_share], np.full(others, rest / others)])
    return np.concatenate(
        [[given.largest_share], smallest + (rest - others * smallest) * above / total]
    )


def size_quarters(given: Municipalities, share: FloatArray) -> NDArray[np.int8]:
    """Return 0 (smallest) to 3 by the limits of the source that the world names."""
    limits = given.size_survey if given.size_source == "survey" else given.size_table
    return np.searchsorted(limits, share * given.residents, side="right").astype(np.int8)
