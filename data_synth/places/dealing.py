"""Deal kinds to municipalities and offices so that shares come out as asked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from data_synth.life.draws import FloatArray, IntArray


def deal(share: FloatArray, target: FloatArray) -> IntArray:
    """Deal municipalities, in falling size, to the kind that lags its target most.

    So kinds reach their targets in persons, and, as small municipalities are many, in number.
    """
    got = np.zeros(len(target))
    dealt = np.empty(len(share), dtype=np.int64)
    for i, size in enumerate(share):
        kind = int(np.argmax(target * (got.sum() + size) - got))
        got[kind] += size
        dealt[i] = kind
    return dealt


def spread(uniform: FloatArray) -> FloatArray:
    """Return evenly spaced numbers in (0, 1) in the order of ``uniform``, shape ``(n,)``.

    Compared with shares, they give these in number exactly, not but for chance.
    """
    ranks = np.argsort(np.argsort(uniform, kind="stable"), kind="stable")
    return np.asarray((ranks + 0.5) / len(uniform))


def choose(even: FloatArray, shares: Sequence[float]) -> IntArray:
    """Return the kind, by ``shares`` that sum to 1, of each number in (0, 1)."""
    return np.searchsorted(np.cumsum(shares)[:-1], even, side="right").astype(np.int64)
