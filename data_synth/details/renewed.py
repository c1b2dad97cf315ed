"""A person's uniform number made new for each of many keys."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_synth.life.draws import FloatArray

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def renewed(own: FloatArray, key: NDArray[Any]) -> FloatArray:
    """Return uniform numbers in [0, 1), a fresh one for each pair of ``own`` and ``key``.

    For keys that differ between persons, such as the number of a job: draws are keyed by one
    month at a time. The mixing is the finaliser of SplitMix64 (Steele, Lea and Flood, 2014).

    Parameters
    ----------
    own
        Uniform numbers of the persons, multiples of 2 to the power of -53, as drawn.
    key
        Non-negative integers, of a shape that broadcasts with ``own``.
    """
    words = (own * 2.0**53).astype(np.uint64) + (key.astype(np.uint64) + np.uint64(1)) * _GAMMA
    words = (words ^ (words >> np.uint64(30))) * _FIRST
    words = (words ^ (words >> np.uint64(27))) * _SECOND
    words ^= words >> np.uint64(31)
    return np.asarray((words >> np.uint64(11)) * 2.0**-53)
