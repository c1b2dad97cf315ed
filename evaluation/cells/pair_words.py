"""Values of 0 and 1 at points of a running variable, as words of bits by unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.cells.pair_products import AtPoints
from evaluation.cells.words import BITS, Words, unpacked
from evaluation.data.model_data import FloatArray, IntArray

POST = "post"


@dataclass(frozen=True)
class Points:
    """Points of a running variable, ascending, before the reform first.

    Attributes
    ----------
    running
        Shape ``(P,)``.
    post
        1 after the reform, 0 before, -1 where no date parts them, shape ``(P,)``.
    values
        What units have at them.
    """

    running: FloatArray
    post: IntArray
    values: AtPoints


def points_of_words(words: Words, variables: tuple[str, ...]) -> Points:
    """Return the points at which any unit is seen.

    Parameters
    ----------
    words
        Histories by point, parted by ``post`` where there is a reform.
    variables
        Names in ``words.bits``, in order.
    """
    side = np.full(len(words.unit), -1, dtype=np.int64)
    if POST in words.parted:
        side = words.levels[POST].astype(np.int64)[words.parted[POST]]
    # A word's place is its start and side as one number, which sorts as they do.
    code = words.start // BITS * 4 + side + 1
    kinds, kind = np.unique(code, return_inverse=True)
    seen = np.array([np.bitwise_or.reduce(words.seen[kind == at]) for at in range(len(kinds))])
    which, bit = np.nonzero(unpacked(seen))
    running, post = kinds[which] // 4 * BITS + bit, kinds[which] % 4 - 1
    order = np.lexsort((post, running))
    columns = (which * BITS + bit)[order]
    edges = np.searchsorted(words.unit, np.arange(words.units + 1))
    layers = (words.seen, *(words.bits[name] for name in variables))

    def dense(low: int, high: int) -> NDArray[Any]:
        """Return the values of some units."""
        rows = slice(edges[low], edges[high])
        unit = words.unit[rows] - low
        found = np.zeros((high - low, len(layers), len(columns)), dtype=np.uint8)
        for at, bits in enumerate(layers):
            block = np.zeros((high - low, len(kinds), BITS), dtype=np.uint8)
            block[unit, kind[rows]] = unpacked(bits[rows])
            found[:, at] = block.reshape(high - low, -1)[:, columns]
        return found

    values = AtPoints(words.units, len(layers), len(columns), 1, dense)
    return Points(running[order].astype(np.float64), post[order], values)
