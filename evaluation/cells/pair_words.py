"""Values of 0 and 1 at points of a running variable, as words of bits by unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.cells.pair_parts import PARTS, part_code
from evaluation.cells.pair_products import AtPoints
from evaluation.cells.words import BITS, Words, unpacked
from evaluation.data.model_data import FloatArray, IntArray

POST, THIRD = "post", "third"


@dataclass(frozen=True)
class Points:
    """Points of a running variable, ascending, at each value by part.

    Attributes
    ----------
    running
        Shape ``(P,)``.
    part
        As in ``pair_parts``, shape ``(P,)``.
    values
        What units have at them.
    """

    running: FloatArray
    part: IntArray
    values: AtPoints


def points_of_words(words: Words, variables: tuple[str, ...]) -> Points:
    """Return the points at which any unit is seen.

    Parameters
    ----------
    words
        Histories by point, parted by ``post`` where there is a reform, and by ``third``.
    variables
        Names in ``words.bits``, in order.
    """
    part_of_word = part_code(_parted(words, POST), _parted(words, THIRD))
    # A word's place is its start and part as one number, which sorts as they do.
    code = words.start // BITS * PARTS + part_of_word
    kinds, kind = np.unique(code, return_inverse=True)
    seen = np.array([np.bitwise_or.reduce(words.seen[kind == at]) for at in range(len(kinds))])
    which, bit = np.nonzero(unpacked(seen))
    running, part = kinds[which] // PARTS * BITS + bit, kinds[which] % PARTS
    order = np.lexsort((part, running))
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

    values = AtPoints(words.units, len(layers), len(columns), 1, dense, part[order])
    return Points(running[order].astype(np.float64), part[order], values)


def _parted(words: Words, name: str) -> IntArray:
    """Return on which side of a flag words lie, -1 where it parts none."""
    if name not in words.parted:
        return np.full(len(words.unit), -1, dtype=np.int64)
    levels: IntArray = words.levels[name].astype(np.int64)
    return levels[words.parted[name]]
