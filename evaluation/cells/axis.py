"""Words of the places where units have rows: moments, or values of a running variable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from evaluation.cells.expressions.times import moment, period_index, time_of
from evaluation.cells.patterns import Patterns, code_of
from evaluation.cells.plan import Plan
from evaluation.cells.relation import Relation
from evaluation.cells.time_pass import TimeFacts
from evaluation.data.moments import WORD_BITS
from evaluation.data.periods import Calendar

MOST_WORDS = 20
# Sums of one GROUP BY that are still cheap.
MOST_PARTED = 24


@dataclass(frozen=True)
class Axis:
    """Places on a line, one bit each.

    Attributes
    ----------
    first
        The place of the first bit.
    words
        Words of 62 bits that hold all places.
    place
        Gives the place of every row of an Ibis table, null for none.
    """

    first: int
    words: int
    place: Callable[[Any], Any]

    def word(self, table: Any, at: int, inside: Any) -> Any:
        """Return the sum that sets the bits of one word.

        Parameters
        ----------
        table
            Ibis table of rows.
        at
            Which word.
        inside
            Which rows count; ``None`` for all.
        """
        slot = self.place(table) - self.first
        if inside is not None:
            slot = inside.ifelse(slot, -1)
        shift = (slot + WORD_BITS) % WORD_BITS
        here = slot.between(WORD_BITS * at, WORD_BITS * at + WORD_BITS - 1)
        return (here.cast("int64") << shift).bit_or()


def time_axis(relation: Relation, plan: Plan, times: TimeFacts) -> Axis | None:
    """Return the moments of the sample, ``None`` where they do not fit or repeat in a place."""
    if not times.slots or not times.parted:
        return None

    def place(table: Any) -> Any:
        values, calendar = time_of(relation, plan, table)
        if calendar.unit == "date":
            return period_index(values, Calendar("date", 1))
        return moment(values, calendar)

    words = (times.slots[-1] - times.slots[0]) // WORD_BITS + 1
    return Axis(times.slots[0], words, place) if words <= MOST_WORDS else None


def column_axis(relation: Relation, column: str) -> Axis | None:
    """Return the values of a column of whole numbers, ``None`` where they are unknown or many."""
    facts = relation.columns[column]
    if facts.low is None or facts.high is None or facts.kind not in ("integer", "float"):
        return None
    words = (facts.high - facts.low) // WORD_BITS + 1
    if words > MOST_WORDS:
        return None
    return Axis(facts.low, words, lambda table: table[column].cast("int64"))


def fits(axis: Axis | None, patterns: Patterns | None) -> bool:
    """Whether words can be kept apart by kind of row."""
    return (
        axis is not None
        and patterns is not None
        and axis.words * len(patterns.codes) <= MOST_PARTED
    )


def kinds_of(relation: Relation, plan: Plan, table: Any, patterns: Patterns) -> list[Any]:
    """Return for each kind of row which rows are of it; ``None`` for the only kind there is."""
    if len(patterns.codes) == 1:
        return [None]
    code = code_of(relation, plan, table)
    return [code == one for one in patterns.codes]
