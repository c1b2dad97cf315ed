"""Histories as words of bits: one GROUP BY unit holds what happened at every moment.

A row at position p (a month, an age) sets bit p mod 62 of the word p div 62 of its unit. Sixty-two
rows become one, and a single scan holds each unit's whole history of anything that is 0 or 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.cells.engines import engine_of
from evaluation.cells.relation import Relation
from evaluation.cells.settings import Settings
from evaluation.data.model_data import IntArray
from evaluation.errors import DataError

BITS = 62
# Makes every position positive, so that quotients and remainders mean the same in every engine.
OFFSET, NARROW = BITS * 10**12, BITS * 10**7


@dataclass(frozen=True)
class Words:
    """Words of all units, sorted by unit and position.

    Attributes
    ----------
    unit
        Codes 0..U-1 in the order of the units' values, shape ``(R,)``.
    names
        Values of the units as an Arrow array, by code; U in all.
    start
        Position of the first bit, a multiple of 62, shape ``(R,)``.
    parted
        Codes of the columns that part the rows of a unit further, by name, each ``(R,)``; -1 for
        null, else in the order of ``levels``.
    levels
        Sorted values of those columns.
    seen
        Bits of the positions with a row, shape ``(R,)``.
    repeated
        Rows that set a bit which another row of the same word has set.
    bits
        Bits of the positions where something holds, by name, each ``(R,)``.
    """

    unit: IntArray
    names: Any
    start: IntArray
    parted: Mapping[str, IntArray]
    levels: Mapping[str, NDArray[Any]]
    seen: IntArray
    repeated: int
    bits: Mapping[str, IntArray]

    @property
    def units(self) -> int:
        """Number of units U."""
        return len(self.names)


def unit_words(
    relation: Relation,
    settings: Settings,
    table: Any,
    unit: str,
    position: Any,
    parted: Mapping[str, Any],
    bits: Mapping[str, Any],
    narrow: bool = False,
) -> Words:
    """Return the words of every unit in one pass over the rows.

    Parameters
    ----------
    relation
        The panel that ``table`` is an expression of.
    settings
        Limits of the engine.
    table
        Ibis table of the rows.
    unit
        Column of the unit, never null.
    position
        Whole numbers.
    parted
        Columns that part the rows of a unit, by name.
    bits
        Whole numbers 0 and 1 by name; null counts as 0.
    narrow
        Whether all positions are known to lie within 6e8 of 0: 32 bits divide faster than 64.
    """
    offset, kind = (NARROW, "int32") if narrow else (OFFSET, "int64")
    query = _query(table, unit, position.cast(kind) + offset, parted, bits)
    frame = engine_of(relation).fetch(relation, query, settings)
    code, names = _codes(frame.column("ad_unit"))
    start = _whole(frame.column("ad_start")) - offset
    coded = {name: _ranked(frame.column(f"ad_part_{at}")) for at, name in enumerate(parted)}
    order = np.lexsort((*(codes for codes, _ in reversed(coded.values())), start, code))
    seen = _whole(frame.column("ad_seen"))[order]
    repeated = int(_whole(frame.column("ad_rows")).sum()) - int(np.bitwise_count(seen).sum())
    code, start = code[order], start[order]
    return Words(
        unit=code,
        names=names,
        start=start,
        parted={name: codes[order] for name, (codes, _) in coded.items()},
        levels={name: levels for name, (_, levels) in coded.items()},
        seen=seen,
        repeated=repeated,
        bits={name: _whole(frame.column(f"ad_bit_{at}"))[order] for at, name in enumerate(bits)},
    )


def _query(
    table: Any, unit: str, shifted: Any, parted: Mapping[str, Any], bits: Mapping[str, Any]
) -> Any:
    import ibis

    bit = (shifted % BITS).cast("int32")
    # Shifted down from a number that every engine reads as 64 bits: a plain 1 is 32 bits in some.
    here = ibis.literal(2**BITS) >> (BITS - bit)
    keys = {"ad_unit": table[unit], "ad_start": shifted - shifted % BITS}
    keys |= {f"ad_part_{at}": column for at, column in enumerate(parted.values())}
    sums = {"ad_rows": table.count(), "ad_seen": _bit_or()(here)}
    for at, column in enumerate(bits.values()):
        # Minus one has all bits: engines look at what a shift of a value to the left may lose.
        sums[f"ad_bit_{at}"] = _bit_or()(-column.cast("int64") & here)
    return table.group_by(**keys).aggregate(**sums)


def _bit_or() -> Any:
    """Return the engine's own bit_or, which Ibis does not know for all of them."""
    import ibis

    @ibis.udf.agg.builtin(name="bit_or", signature=(("int64",), "int64"))
    def bit_or(value):  # type: ignore[no-untyped-def]
        """Join bits."""

    return bit_or


def _whole(column: Any) -> IntArray:
    """Return whole numbers of an Arrow column, null as 0."""
    import pyarrow.compute as pc

    filled = column if column.null_count == 0 else pc.fill_null(column, 0)
    return np.asarray(filled.to_numpy(), dtype=np.int64)


def _codes(column: Any) -> tuple[IntArray, Any]:
    """Return codes of values in their order, and the values."""
    encoded = column.combine_chunks().dictionary_encode()
    order = np.argsort(encoded.dictionary.to_pandas().to_numpy(), kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank[np.asarray(encoded.indices, dtype=np.int64)], encoded.dictionary.take(order)


def _ranked(column: Any) -> tuple[IntArray, NDArray[Any]]:
    """Return codes of values in their order, -1 for null, and the values."""
    encoded = column.combine_chunks().dictionary_encode()
    levels = encoded.dictionary.to_pandas()
    order = np.argsort(levels.to_numpy(), kind="stable")
    rank = np.empty(len(order) + 1, dtype=np.int64)
    rank[order], rank[-1] = np.arange(len(order)), -1
    indices = encoded.indices.fill_null(len(order)) if encoded.null_count else encoded.indices
    return rank[np.asarray(indices, dtype=np.int64)], levels.to_numpy()[order]


def require_unique(words: Words) -> None:
    """Refuse two rows of a unit at one position, whether or not a column parts them.

    Raises
    ------
    DataError
        With their number.
    """
    twice = words.repeated
    if len(words.unit):
        first = np.ones(len(words.unit), dtype=bool)
        first[1:] = (words.unit[1:] != words.unit[:-1]) | (words.start[1:] != words.start[:-1])
        joined = np.bitwise_or.reduceat(words.seen, np.flatnonzero(first))
        twice += int(np.bitwise_count(words.seen).sum()) - int(np.bitwise_count(joined).sum())
    if twice:
        raise DataError(
            f"{twice} rows of the sample repeat a unit at one moment, and each may be there once: "
            "drop the repeated ones, or give the panel a finer time"
        )


def unpacked(words: IntArray) -> NDArray[np.uint8]:
    """Return the 62 bits of every word, lowest first, shape ``(len(words), 62)``."""
    raw = np.ascontiguousarray(words, dtype="<i8").view(np.uint8).reshape(-1, 8)
    return np.unpackbits(raw, axis=1, bitorder="little")[:, :BITS]


def lowest_bit(words: IntArray) -> IntArray:
    """Return the place of the lowest bit of every word, none of which is 0."""
    return np.asarray(np.bitwise_count((words & -words) - 1), dtype=np.int64)


def highest_bit(words: IntArray) -> IntArray:
    """Return the place of the highest bit of every word, none of which is 0 or negative."""
    below = words
    for shift in (1, 2, 4, 8, 16, 32):
        below = below | (below >> shift)
    return np.asarray(np.bitwise_count(below), dtype=np.int64) - 1


def dense(code: IntArray, other: IntArray) -> IntArray:
    """Return codes of pairs of codes, dense and in the pairs' order.

    Parameters
    ----------
    code, other
        Codes from -1, shape ``(n,)``.
    """
    joint = (code + 1) * (int(other.max(initial=-1)) + 2) + other + 1
    return np.asarray(pd.factorize(joint, sort=True)[0], dtype=np.int64)
