"""Columns of 0 and 1 by unit and month as words of bits, in which every row looks up its own.

One GROUP BY holds in a word what 62 months of a unit say of a column. The words of all units are a
small table, made once and held by the engine: a value at another month is a bit of it, where a
window would sort all rows of the panel anew in every pass.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial, reduce
from typing import Any

from evaluation.cells.engines import engine_of
from evaluation.cells.expressions.values import facts_of, may_lack
from evaluation.cells.planning.levels import is_binary
from evaluation.cells.relation import ColumnFacts, Relation
from evaluation.cells.settings import Settings
from evaluation.cells.words import BITS

MOST_WORDS = 20
TABLE, UNIT, PART = "ad_unit_bits", "ad_bits_unit", "ad_bits_part"
SEEN, ONE, KNOWN, ROWS = "ad_bits_seen", "ad_bits_one_", "ad_bits_known_", "ad_bits_rows"


@dataclass(frozen=True)
class UnitBits:
    """Words of all units of a panel.

    Attributes
    ----------
    table
        Ibis table, one row a unit.
    unit, month
        Columns of the panel's rows: the unit, and months counted from year 0.
    nameless
        Whether a row may lack its unit.
    first
        Month of the first bit; no row lies before it.
    words
        Words that hold all months, of any column.
    ones, known
        Words whose bits say where a column is 1, and where it has a value, by column; names
        without their number.
    whole
        Columns that lack no value in any row.
    """

    table: Any
    unit: str
    month: str
    nameless: bool
    first: int
    words: int
    ones: Mapping[str, str]
    known: Mapping[str, str]
    whole: frozenset[str]

    def beside(self, rows: Any) -> Any:
        """Return rows of the panel with the words of their unit.

        Parameters
        ----------
        rows
            Ibis table with unit and month.
        """
        unit, own = rows[self.unit], self.table[UNIT]
        return rows.left_join(self.table, unit.identical_to(own) if self.nameless else unit == own)

    def at(self, rows: Any, column: str, months: int) -> Any:
        """Return a column so many months after each row, null where the unit has no value then.

        Parameters
        ----------
        rows
            What :meth:`beside` returned.
        column
            A column that is held.
        months
            Months from the row to the value, below 0 for earlier ones.
        """
        if not months:
            return rows[column]
        # Whole words in front keep the places of months before the first bit positive.
        front = BITS * max(0, -(months // BITS))
        place = rows[self.month] + (months - self.first + front)
        known, one = (
            (self._word(rows, name, place - front) >> place % BITS) & 1
            for name in (self.known[column], self.ones[column])
        )
        return (known == 1).ifelse(one, None).cast(rows[column].type())

    def facts(self, relation: Relation) -> dict[str, ColumnFacts]:
        """Return what is known of the columns themselves, now that all their values were read.

        Parameters
        ----------
        relation
            The panel.
        """
        return {name: replace(facts_of(relation, name), nulls=0) for name in sorted(self.whole)}

    def _word(self, rows: Any, name: str, place: Any) -> Any:
        """Return the word of each row's place, null before the first and after the last."""
        import ibis

        nothing = ibis.null("int64")
        ends = [(place < BITS * (at + 1), rows[_numbered(name, at)]) for at in range(self.words)]
        return ibis.cases((place < 0, nothing), *ends, else_=nothing)


def is_bit(relation: Relation, column: str) -> bool:
    """Whether a column is known to hold whole numbers of 0 and 1 alone, or truth values."""
    facts = facts_of(relation, column)
    return facts.kind != "float" and is_binary(facts)


def hold_bits(
    relation: Relation, unit: str, time: str, month: str, columns: Sequence[str], settings: Settings
) -> UnitBits | None:
    """Return the words of all units, which the engine makes and holds.

    Parameters
    ----------
    relation
        The panel.
    unit, time
        Its columns; times are YYYYMM.
    month
        Column of ``relation.table`` that counts the months of ``time`` from year 0.
    columns
        Columns of which :func:`is_bit` says so, one or more.
    settings
        Limits of the engine.

    Returns
    -------
    UnitBits | None
        ``None`` where the engine holds no tables, or nobody knows the first and last month, or they
        lie too far apart.

    Raises
    ------
    DataError, EnvironmentProblem
        As :meth:`evaluation.cells.engines.Engine.fetch`.
    """
    clock = facts_of(relation, time)
    if clock.kind != "integer" or clock.low is None or clock.high is None or clock.low < 1:
        return None
    # Not even a month 0, which a later pass refuses, lies before the first bit.
    first = clock.low // 100 * 12 - 1
    words = (clock.high // 100 * 12 + 11 - first) // BITS + 1
    if words > MOST_WORDS:
        return None
    ones = {name: f"{ONE}{at}" for at, name in enumerate(columns)}
    known = {
        name: f"{KNOWN}{at}"
        for at, name in enumerate(columns)
        if may_lack(facts_of(relation, name))
    }
    rows = _by_unit(relation.table, unit, relation.table[month] - first, words, ones, known)
    engine = engine_of(relation)
    held = engine.hold(relation, rows, TABLE, settings)
    if held is None:
        return None
    found = engine.fetch(relation, _lacking(held, words, known), settings).to_pylist()[0]
    return UnitBits(
        table=held,
        unit=unit,
        month=month,
        nameless=may_lack(facts_of(relation, unit)),
        first=first,
        words=words,
        ones=ones,
        known={name: known[name] if found.get(name) else SEEN for name in columns},
        # Of two rows in one month, one may lack what the other has.
        whole=frozenset(name for name in columns if not found.get(name) and not found[ROWS]),
    )


def _by_unit(
    table: Any,
    unit: str,
    place: Any,
    words: int,
    ones: Mapping[str, str],
    known: Mapping[str, str],
) -> Any:
    """Return a row for each unit: its words are joined by unit and word first, which is cheaper."""
    import ibis

    bit = place % BITS
    here = ibis.literal(1, "int64") << bit
    sums = {SEEN: here.bit_or()}
    sums |= {name: (table[column].cast("int64") << bit).bit_or() for column, name in ones.items()}
    sums |= {
        name: (table[column].notnull().cast("int64") << bit).bit_or()
        for column, name in known.items()
    }
    parts = table.group_by(**{UNIT: table[unit], PART: place - bit}).aggregate(
        **sums, **{ROWS: table.count()}
    )
    by_unit = {
        _numbered(name, at): parts[name].max(where=parts[PART] == BITS * at).fill_null(0)
        for name in sums
        for at in range(words)
    }
    return parts.group_by(UNIT).aggregate(**by_unit, **{ROWS: parts[ROWS].sum()})


def _lacking(held: Any, words: int, known: Mapping[str, str]) -> Any:
    """Return how many words lack a value of each column, and rows that repeat a unit and month."""
    import ibis

    @ibis.udf.scalar.builtin(name="bit_count", signature=(("int64",), "int8"))
    def bit_count(value):  # type: ignore[no-untyped-def]
        """Count bits."""

    def over_words(each: Callable[[int], Any]) -> Any:
        return reduce(operator.add, (each(at).cast("int64") for at in range(words))).sum()

    def differs(name: str, at: int) -> Any:
        return held[_numbered(name, at)] != held[_numbered(SEEN, at)]

    lacks = {column: over_words(partial(differs, name)) for column, name in known.items()}
    months = over_words(lambda at: bit_count(held[_numbered(SEEN, at)]))
    return held.aggregate(**lacks, **{ROWS: held[ROWS].sum() - months})


def _numbered(name: str, at: int) -> str:
    return f"{name}_{at}"
