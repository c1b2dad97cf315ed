"""One scan of the rows for several pair passes of values that are 0 or 1.

A unit has one row at a point, so that whatever a pass asks of a row is a bit of the unit there:
whether a flag holds, whether a value is known. The rows and parts of every pass are then found by
joining words, and one scan serves passes that keep other rows and part them in another way.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from itertools import product
from typing import Any

import numpy as np

from evaluation.cells.expressions.rows import sample_rows
from evaluation.cells.expressions.sums import term_of
from evaluation.cells.expressions.values import facts_of, may_lack
from evaluation.cells.pair_parts import part_code
from evaluation.cells.pair_words import PairWords
from evaluation.cells.plan import PairPass, Plan, Quantity
from evaluation.cells.relation import Relation
from evaluation.cells.settings import Settings
from evaluation.cells.words import Words, unit_words

# What a bit says, as text that is the same wherever the same is meant, with its column of a table.
Bits = dict[str, Callable[[Any], Any]]


@dataclass(frozen=True)
class Asked:
    """What a pass asks of bits, by their names.

    Attributes
    ----------
    rows
        Must be set.
    parts
        Must be set inside each part, by its code.
    values
        The variables.
    """

    rows: tuple[str, ...]
    parts: Mapping[int, tuple[str, ...]]
    values: tuple[str, ...]


@dataclass(frozen=True)
class PairScan:
    """Words that serve some passes.

    Attributes
    ----------
    words
        Histories by point.
    asked
        What is taken from them, by pass.
    """

    words: Words
    asked: Mapping[str, Asked]

    def of(self, name: str) -> PairWords:
        """Return the words of one pass."""
        asked, words = self.asked[name], self.words
        inside = _both(words, words.seen, asked.rows)
        taken = []
        for code, names in asked.parts.items():
            seen = _both(words, inside, names)
            at = np.flatnonzero(seen)
            held = (words.bits[one][at] & seen[at] for one in asked.values)
            part = np.full(len(at), code, dtype=np.int64)
            taken.append((words.unit[at], words.start[at], part, seen[at], *held))
        unit, start, part, seen, *values = map(np.concatenate, zip(*taken, strict=True))
        return PairWords(unit, start, part, seen, tuple(values))


def scan_pairs(
    relation: Relation,
    plan: Plan,
    passes: tuple[PairPass, ...],
    settings: Settings,
    whole: Mapping[str, bool],
) -> PairScan | None:
    """Return the words of passes over one running variable, ``None`` where bits do not tell.

    They do not where a unit has two rows at one point. A single pass may part them.

    Parameters
    ----------
    relation, plan, settings
        The rows, conditions and flags, and limits of the engine.
    passes
        Those over one running variable whose variables are all 0 or 1.
    whole
        Whether each float column holds whole numbers alone.
    """
    found = _scanned(relation, plan, passes, settings, whole)
    if found.words.repeated and len(passes) == 1 and len(found.asked[passes[0].name].parts) > 1:
        found = _scanned(relation, plan, passes, settings, whole, apart=True)
    return None if found.words.repeated else found


def _scanned(
    relation: Relation,
    plan: Plan,
    passes: tuple[PairPass, ...],
    settings: Settings,
    whole: Mapping[str, bool],
    apart: bool = False,
) -> PairScan:
    """Return words from one scan; ``apart`` lets the flags of the first pass part them."""
    table = sample_rows(relation, plan)
    bits: Bits = {}
    asked = {one.name: _asked(relation, plan, one, table, whole, bits) for one in passes}
    rows = [one.rows for one in asked.values()]
    shared = [name for name in rows[0] if all(name in other for other in rows)]
    own = {name: tuple(bit for bit in one.rows if bit not in shared) for name, one in asked.items()}
    wanted = [bits[name](table) for name in shared]
    if all(own.values()):
        each = (_joined([bits[name](table) for name in names]) for names in own.values())
        wanted.append(reduce(operator.or_, each))
    if wanted:
        table = table.filter(_joined(wanted))
    asked = {name: replace(one, rows=own[name]) for name, one in asked.items()}
    names = [name for one in asked.values() for name in _names(one)]
    columns = {name: bits[name](table).cast("int64") for name in dict.fromkeys(names)}
    one = passes[0]
    flags = [flag for flag in (one.post, one.third) if apart and flag is not None]
    parted = {flag: table[flag].cast("int64") for flag in flags}
    unit = "" if plan.units is None else plan.units.unit
    words = unit_words(
        relation, settings, table, unit, table[one.point], parted, columns,
        narrow=_narrow(relation, one.point),
    )  # fmt: skip
    return PairScan(words, asked)


def _asked(
    relation: Relation, plan: Plan, one: PairPass, table: Any, whole: Mapping[str, bool], bits: Bits
) -> Asked:
    """Return what a pass asks, whose bits are added to those of the scan."""
    rows = [_flag(plan, flag, 1, bits) for flag in one.flags]
    values = []
    for quantity in one.quantities:
        values.append(_value(relation, quantity, whole, bits))
        if term_of(relation, table, quantity, whole).lacks:
            rows.append(_known(relation, quantity, whole, bits))
    if may_lack(facts_of(relation, one.point)):
        rows.append("known point")
        bits["known point"] = lambda rows: rows[one.point].notnull()
    sides = [
        {-1: ()} if flag is None else {side: (_flag(plan, flag, side, bits),) for side in (0, 1)}
        for flag in (one.post, one.third)
    ]
    parts = {
        part_code(post, third): (*sides[0][post], *sides[1][third])
        for post, third in product(*sides)
    }
    return Asked(tuple(dict.fromkeys(rows)), parts, tuple(values))


def _flag(plan: Plan, name: str, side: int, bits: Bits) -> str:
    """Return the bit that says that a flag is 1, or 0; flags of two names may mean the same."""
    meant = next(replace(flag, name="", where="") for flag in plan.flags if flag.name == name)
    bit = f"{side} {meant!r}"
    bits.setdefault(bit, lambda rows: rows[name] == side)
    return bit


def _value(relation: Relation, quantity: Quantity, whole: Mapping[str, bool], bits: Bits) -> str:
    bit = f"value {replace(quantity, name='')!r}"
    bits.setdefault(bit, lambda rows: term_of(relation, rows, quantity, whole).value)
    return bit


def _known(relation: Relation, quantity: Quantity, whole: Mapping[str, bool], bits: Bits) -> str:
    bit = f"known {replace(quantity, name='')!r}"
    bits.setdefault(bit, lambda rows: term_of(relation, rows, quantity, whole).value.notnull())
    return bit


def _names(one: Asked) -> tuple[str, ...]:
    return (*one.rows, *(name for names in one.parts.values() for name in names), *one.values)


def _joined(wanted: list[Any]) -> Any:
    return reduce(operator.and_, wanted)


def _both(words: Words, seen: Any, names: tuple[str, ...]) -> Any:
    return reduce(operator.and_, (words.bits[name] for name in names), seen)


def _narrow(relation: Relation, point: str) -> bool:
    """Whether all values of the running variable are known to be far below 32 bits."""
    facts = facts_of(relation, point)
    return (
        facts.low is not None
        and facts.high is not None
        and -(10**8) < facts.low <= facts.high < 10**8
    )
