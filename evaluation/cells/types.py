"""Types of units: units whose rows agree in their moments and in every regressor.

Within a type, demeaning by unit and demeaning by type leave the same regressors. So X'MX, X'My and
sums of scores over whole cells are those of the rows, whether units move, leave, return or are
seen once; only the number of effects that k counts is that of the units.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaluation.cells.words import Words, dense, unpacked
from evaluation.data.model_data import IntArray

# Words unpacked at a time: 62 numbers each.
CHUNK = 100_000


@dataclass(frozen=True)
class Types:
    """Units by type, numbered in the order of their histories.

    Attributes
    ----------
    of_unit
        Type of every unit, shape ``(U,)``.
    units
        Units of each type, shape ``(T,)``.
    order
        Words sorted by type and place in the history, so that words of one group, those at the
        same place of units of one type, stand together, shape ``(R,)``.
    edges
        First of each group in ``order``, shape ``(g,)``.
    group_type
        Type of each group, shape ``(g,)``.
    group
        Group of each word, shape ``(R,)``.
    """

    of_unit: IntArray
    units: IntArray
    order: IntArray
    edges: IntArray
    group_type: IntArray
    group: IntArray

    @property
    def first(self) -> IntArray:
        """One word of each group, shape ``(g,)``."""
        return self.order[self.edges]


@dataclass(frozen=True)
class TypeCells:
    """One cell for each type and moment.

    Attributes
    ----------
    group
        Group of each cell, ascending, shape ``(c,)``.
    bit
        Bit of the cell in its group's words, shape ``(c,)``.
    sums
        Units with the bit set, by name, each ``(c,)``.
    """

    group: IntArray
    bit: IntArray
    sums: Mapping[str, IntArray]


def types_of(words: Words, signature: tuple[str, ...]) -> Types:
    """Return the types of all units.

    Parameters
    ----------
    words
        Histories.
    signature
        Names in ``words.bits`` that belong to the history; the others are outcomes.
    """
    row = pd.factorize(words.start, sort=True)[0].astype(np.int64)
    for codes in words.parted.values():
        row = dense(row, codes)
    for bits in (words.seen, *(words.bits[name] for name in signature)):
        row = dense(row, pd.factorize(bits, sort=True)[0].astype(np.int64))
    edges = np.searchsorted(words.unit, np.arange(words.units + 1))
    length = np.diff(edges)
    state = np.zeros(words.units, dtype=np.int64)
    for place in range(int(length.max(initial=0))):
        longer = np.flatnonzero(length > place)
        state[longer] = dense(state[longer], row[edges[longer] + place])
    of_unit = dense(length, state)
    units = np.bincount(of_unit).astype(np.int64)
    return _grouped(words, of_unit, units, edges, length)


def _grouped(
    words: Words, of_unit: IntArray, units: IntArray, edges: IntArray, length: IntArray
) -> Types:
    of_row = np.repeat(of_unit, length)
    place = np.arange(len(of_row)) - np.repeat(edges[:-1], length)
    longest = int(length.max(initial=1))
    group = of_row * longest + place
    order = np.argsort(group, kind="stable").astype(np.int64)
    ordered = group[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=-1)).astype(np.int64)
    of_word = np.empty(len(order), dtype=np.int64)
    of_word[order] = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(order)))
    return Types(of_unit, units, order, starts, ordered[starts] // longest, of_word)


def type_cells(words: Words, types: Types, sums: Mapping[str, IntArray]) -> TypeCells:
    """Return the cells of all types, with the units of each that have a bit set.

    Parameters
    ----------
    words, types
        Histories and their types.
    sums
        Words whose bits are counted, by name, each ``(R,)``.
    """
    group, bit = [], []
    counted: dict[str, list[IntArray]] = {name: [] for name in sums}
    for low, high in _chunks(types, len(words.unit)):
        has = unpacked(words.seen[types.first[low:high]]).astype(bool)
        groups, bits = np.nonzero(has)
        group.append(groups + low)
        bit.append(bits)
        begin = types.edges[low]
        end = types.edges[high] if high < len(types.edges) else len(types.order)
        rows, starts = types.order[begin:end], types.edges[low:high] - begin
        for name, values in sums.items():
            ones = unpacked(values[rows])
            counted[name].append(np.add.reduceat(ones, starts, axis=0, dtype=np.int64)[has])
    return TypeCells(
        _joined(group), _joined(bit), {name: _joined(parts) for name, parts in counted.items()}
    )


def number_of_cells(words: Words, types: Types) -> int:
    """Return how many cells the types have, before any is made."""
    return int(np.bitwise_count(words.seen[types.first]).sum())


def _chunks(types: Types, rows: int) -> Iterator[tuple[int, int]]:
    """Yield ranges of groups with about ``CHUNK`` words each, whole groups always."""
    wanted = np.searchsorted(types.edges, np.arange(CHUNK, rows, CHUNK))
    cuts = np.unique(np.concatenate([[0], wanted, [len(types.edges)]]))
    yield from zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True)


def _joined(parts: list[IntArray]) -> IntArray:
    return np.concatenate([np.zeros(0, dtype=np.int64), *parts]).astype(np.int64)
