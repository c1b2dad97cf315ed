"""Pair cells from words of bits by unit: values of 0 and 1 at points of a running variable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaluation.cells.pair_bits import Bits, bit_sums
from evaluation.cells.pair_parts import PARTS, post_of, third_of
from evaluation.cells.words import BITS, unpacked
from evaluation.data.model_data import IntArray
from evaluation.data.moments import PairCells


@dataclass(frozen=True)
class PairWords:
    """Words of the units of one pair pass.

    Attributes
    ----------
    unit
        Code of the unit, shape ``(R,)``.
    start
        Value of the first bit, a multiple of 62, shape ``(R,)``.
    part
        As in ``pair_parts``, shape ``(R,)``; a unit has one word at most by start and part.
    seen
        Bits of the values at which the unit has a row, never 0, shape ``(R,)``.
    values
        Bits of the values at which each variable is 1, each ``(R,)``.
    """

    unit: IntArray
    start: IntArray
    part: IntArray
    seen: IntArray
    values: tuple[IntArray, ...]


def pairs_of_words(words: PairWords, require: Callable[[int], None]) -> PairCells:
    """Return the pair cells of words, without names of variables.

    Parameters
    ----------
    words
        What units have; some word at least.
    require
        Refuses numbers of points.
    """
    # A word's place is its start and part as one number, which sorts as they do.
    kind, kinds = pd.factorize(words.start // BITS * PARTS + words.part, sort=True)
    seen = np.array([np.bitwise_or.reduce(words.seen[kind == at]) for at in range(len(kinds))])
    which, bit = np.nonzero(unpacked(seen))
    running, part = kinds[which] // PARTS * BITS + bit, kinds[which] % PARTS
    order = np.lexsort((part, running))
    running, part = running[order], part[order]
    require(len(running))
    point = np.full((len(kinds), BITS), -1, dtype=np.int64)
    point[which[order], bit[order]] = np.arange(len(order))
    sums = bit_sums(Bits(words.unit, kind, (words.seen, *words.values), point, part))
    return PairCells(
        running.astype(np.float64),
        post_of(part),
        (),
        sums.products,
        sums.units,
        sums.successive,
        third=third_of(part),
        apart=sums.apart,
    )
