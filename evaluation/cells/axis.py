"""Words of the places where units have rows: moments, or values of a running variable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from evaluation.cells.expressions.times import moment, period_index, time_of
from evaluation.cells.patterns import Patterns
from evaluation.cells.plan import Plan
from evaluation.cells.planning.levels import filter_bounds
from evaluation.cells.relation import Relation
from evaluation.cells.time_pass import TimeFacts
from evaluation.data.moments import WORD_BITS
from evaluation.data.periods import Calendar

MOST_WORDS = 20
# Sums of one GROUP BY that are still cheap.
MOST_PARTED = 32


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

    def word(self, table: Any, at: int) -> Any:
        """Return the sum that sets the bits of one word.

        Parameters
        ----------
        table
            Ibis table of rows, none of which lies before the first place.
        at
            Which word.
        """
        slot = self.place(table) - self.first
        here = slot.between(WORD_BITS * at, WORD_BITS * at + WORD_BITS - 1)
        return (here.cast("int64") << slot % WORD_BITS).bit_or().fill_null(0)


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


def column_axis(relation: Relation, plan: Plan, column: str) -> Axis | None:
    """Return the values of a column of whole numbers, ``None`` where they are unknown or many.

    They lie between the bounds of the panel's values and those that the sample keeps.
    """
    facts = relation.columns[column]
    if facts.low is None or facts.high is None or facts.kind not in ("integer", "float"):
        return None
    kept = [
        filter_bounds(one)
        for condition in plan.conditions
        if not condition.negated
        for one in condition.filters
        if one.column == column
    ]
    low = max([facts.low, *(least for least, _ in kept if least is not None)])
    high = min([facts.high, *(most for _, most in kept if most is not None)])
    words = max(high - low, 0) // WORD_BITS + 1
    if words > MOST_WORDS:
        return None
    return Axis(low, words, lambda table: table[column].cast("int64"))


def fits(axis: Axis | None, patterns: Patterns | None) -> bool:
    """Whether words can be kept apart by kind of row."""
    return (
        axis is not None
        and patterns is not None
        and axis.words * len(patterns.codes) <= MOST_PARTED
    )
