"""Sums over units of products of bits: matrix products over units that are seen alike.

A unit is seen at few of the points: those of the ages that its months let it have, each on one side
of the reform. Units in the order of their first and last point share them, so that a product over
some thousands of units runs over the points of these alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.cells.pair_products import CHUNK, PairSums
from evaluation.cells.threads import one_blas_thread
from evaluation.cells.words import highest_bit, lowest_bit, unpacked
from evaluation.data.model_data import IntArray

# Units of one product. Its sums are whole numbers up to this one, and exact in 32-bit floats.
ALIKE = 2**13


@dataclass(frozen=True)
class Bits:
    """Words of units by kind: 62 points on one side of whatever parts them.

    Attributes
    ----------
    unit
        Code of the unit, shape ``(R,)``; a unit has one word of a kind at most.
    kind
        Shape ``(R,)``.
    layers
        Where the unit is seen, then where each variable is 1, each ``(R,)``; no word is unseen.
    point
        Position of every bit among the points, ascending in a kind, -1 where nobody is seen;
        shape ``(K, 62)``.
    part
        Part of every point, shape ``(P,)``.
    """

    unit: IntArray
    kind: IntArray
    layers: tuple[IntArray, ...]
    point: IntArray
    part: IntArray


def bit_sums(bits: Bits) -> PairSums:
    """Return the sums of products over all units, exact whole numbers in any order of them.

    Parameters
    ----------
    bits
        What units have.
    """
    points = len(bits.part)
    width = len(bits.layers) * points
    total = np.zeros((width, width), dtype=np.int64)
    follows = np.zeros((points, points), dtype=np.int64)
    apart = np.zeros_like(follows) if len(np.unique(bits.part)) > 1 else None
    rows, edges = _alike(bits)
    step = max(min(ALIKE, CHUNK // max(width, 1)), 1)
    units = len(edges) - 1
    for low in range(0, units, step):
        high = min(low + step, units)
        of_unit = np.repeat(np.arange(high - low), np.diff(edges[low : high + 1]))
        dense, at = _dense(bits, rows[edges[low] : edges[high]], of_unit, high - low)
        block = dense.reshape(high - low, -1)
        with one_blas_thread():
            product = np.matmul(block.T, block).astype(np.int64)
        places = (np.arange(len(bits.layers))[:, None] * points + at).ravel()
        total[np.ix_(places, places)] += product
        seen, both = dense[:, 0] != 0, product[: len(at), : len(at)]
        _add_follows(follows, seen, both, at, np.zeros_like(bits.part))
        if apart is not None:
            _add_follows(apart, seen, both, at, bits.part)
    joint = total.reshape(len(bits.layers), points, len(bits.layers), points)
    products = np.ascontiguousarray(joint.transpose(0, 2, 1, 3), dtype=np.float64)
    return PairSums(products, follows, units, apart)


def _alike(bits: Bits) -> tuple[IntArray, IntArray]:
    """Return the words by unit, units by first and last point, and where each unit begins."""
    by_unit = np.argsort(bits.unit, kind="stable")
    unit = bits.unit[by_unit]
    begin = np.flatnonzero(np.concatenate([[True], unit[1:] != unit[:-1]])[: len(unit)])
    if not len(begin):
        return by_unit, np.zeros(1, dtype=np.int64)
    seen = bits.layers[0]
    # Of 16 bits, which are sorted by counting them.
    first = bits.point[bits.kind, lowest_bit(seen)][by_unit].astype(np.uint16)
    last = bits.point[bits.kind, highest_bit(seen)][by_unit].astype(np.uint16)
    first, last = np.minimum.reduceat(first, begin), np.maximum.reduceat(last, begin)
    order = np.argsort(last, kind="stable")
    order = order[np.argsort(first[order], kind="stable")]
    count = np.diff(begin, append=len(unit))[order]
    edges = np.concatenate([[0], np.cumsum(count)])
    rows = by_unit[np.repeat(begin[order] - edges[:-1], count) + np.arange(len(unit))]
    return rows, edges


def _dense(
    bits: Bits, rows: IntArray, of_unit: IntArray, units: int
) -> tuple[NDArray[np.float32], IntArray]:
    """Return what some units have at the points where any is seen, and these points.

    Shape ``(units, variables, points)``.
    """
    kind = bits.kind[rows]
    blocks = []
    for one in np.flatnonzero(np.bincount(kind)):
        here = np.flatnonzero(kind == one)
        union = np.bitwise_or.reduce(bits.layers[0][rows[here]])
        blocks.append((one, here, np.flatnonzero(unpacked(np.array([union]))[0])))
    at = np.concatenate([bits.point[one, bit] for one, _, bit in blocks])
    dense = np.zeros((units, len(bits.layers), len(at)), dtype=np.float32)
    column = 0
    for _, here, bit in blocks:
        run: Any = slice(bit[0], bit[-1] + 1) if bit[-1] - bit[0] < len(bit) else bit
        for layer, words in enumerate(bits.layers):
            view = dense[:, layer, column : column + len(bit)]
            view[of_unit[here]] = unpacked(words[rows[here]])[:, run]
        column += len(bit)
    return dense, at


def _add_follows(
    total: IntArray, seen: NDArray[np.bool_], both: IntArray, at: IntArray, part: IntArray
) -> None:
    """Count units seen at a point, and next inside its part at another.

    Neighbours among the points follow one another in every unit that is seen at both. What is left
    are gaps: the end of a run of neighbours, and the start of the unit's next.

    Parameters
    ----------
    total
        Counts by pair of points, added to; shape ``(P, P)``.
    seen
        Shape ``(n, A)``.
    both
        Units seen at both of two columns, shape ``(A, A)``.
    at
        Points of the columns, shape ``(A,)``.
    part
        Part of every point, shape ``(P,)``.
    """
    order = np.lexsort((at, part[at]))
    at, inside = at[order], np.take(seen, order, axis=1)
    total[at, at] += np.diag(both)[order]
    near = part[at[1:]] == part[at[:-1]]
    total[at[:-1][near], at[1:][near]] += both[order[:-1], order[1:]][near]
    joined = inside[:, :-1] & inside[:, 1:] & near
    ends, starts = inside.copy(), inside.copy()
    ends[:, :-1] &= ~joined
    starts[:, 1:] &= ~joined
    unit, end = np.divmod(np.flatnonzero(ends)[:-1], len(at))
    next_unit, start = np.divmod(np.flatnonzero(starts)[1:], len(at))
    gap = (unit == next_unit) & (part[at[end]] == part[at[start]])
    np.add.at(total.reshape(-1), at[end[gap]] * len(total) + at[start[gap]], 1)
