"""How many values a part of a key can take, from spec and schema alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeGuard

from evaluation.cells.plan import PREFIX, Flag
from evaluation.cells.relation import ColumnFacts
from evaluation.data.periods import Calendar
from evaluation.data.sample import bounds
from evaluation.spec.filters import Filter
from evaluation.spec.spec import Spec

FLAG_LEVELS = 2


@dataclass(frozen=True)
class Levels:
    """Counts of values by part of a key.

    Attributes
    ----------
    spec
        Bounds on columns by window and ``keep``.
    calendar
        How the panel counts time.
    columns
        Facts by column; empty where nothing is known.
    flags
        Flags by name.
    """

    spec: Spec
    calendar: Calendar | None
    columns: Mapping[str, ColumnFacts]
    flags: Mapping[str, Flag]

    def of(self, part: str) -> int | None:
        """Return the most values that a column or flag can have, ``None`` where unknown."""
        if part in self.flags:
            return FLAG_LEVELS
        if part.startswith(PREFIX):
            return None
        if part == self.spec.panel.time:
            return self._periods()
        facts = self.columns.get(part)
        if facts is not None and facts.kind == "boolean":
            return 2
        low, high = self._kept(part, facts)
        if low is None or high is None:
            return None
        return max(high - low + 1, 1)

    def product(self, parts: tuple[str, ...]) -> int | None:
        """Return the product of values over parts, ``None`` where one is unknown."""
        found = [self.of(part) for part in parts]
        known = [count for count in found if count is not None]
        return math.prod(known) if len(known) == len(found) else None

    def sources(self, part: str) -> frozenset[str]:
        """Return the columns that a part of a key is a function of."""
        flag = self.flags.get(part)
        if flag is None:
            return frozenset({part})
        named = {one.column for one in flag.filters}
        timed = flag.from_period is not None or flag.at_month is not None
        if timed and self.spec.panel.time is not None:
            named.add(self.spec.panel.time)
        return frozenset(named)

    def _periods(self) -> int | None:
        calendar = self.calendar
        if calendar is None:
            return None
        if self.spec.panel.window is not None:
            low, high = bounds(self.spec.panel.window, calendar)
            count = high - low + 1
            for interval in self.spec.sample.drop_periods:
                first, last = bounds(interval, calendar)
                count -= max(min(last, high) - max(first, low) + 1, 0)
            return max(count, 1)
        facts = self.columns.get(self.spec.panel.time or "")
        if facts is None or facts.low is None or facts.high is None:
            return None
        if calendar.unit == "month":
            first, last = (at // 100 * 12 + at % 100 for at in (facts.low, facts.high))
            return last - first + 1
        return facts.high - facts.low + 1

    def _kept(self, column: str, facts: ColumnFacts | None) -> tuple[int | None, int | None]:
        """Return bounds of a whole-number column, narrowed by the sample's own filters."""
        if facts is not None and not is_whole(facts):
            return None, None
        low, high = (None, None) if facts is None else (facts.low, facts.high)
        for one in self.spec.sample.keep:
            if one.column == column:
                least, most = filter_bounds(one)
                low = least if low is None else low if least is None else max(low, least)
                high = most if high is None else high if most is None else min(high, most)
        return low, high


def is_whole(facts: ColumnFacts) -> bool:
    """Return whether a column holds whole numbers only, whatever their type."""
    return facts.kind == "integer" or (facts.kind == "float" and bool(facts.whole))


def is_binary(facts: ColumnFacts) -> bool:
    """Return whether a column is known to hold 0 and 1 only, so that it is its own square."""
    if facts.kind == "boolean":
        return True
    if facts.low is None or facts.high is None:
        return False
    return is_whole(facts) and facts.low >= 0 and facts.high <= 1


def filter_bounds(one: Filter) -> tuple[int | None, int | None]:
    """Return the whole numbers that a filter lies between."""
    lows = [math.ceil(one.at_least)] if _is_number(one.at_least) else []
    lows += [math.floor(one.above) + 1] if _is_number(one.above) else []
    highs = [math.floor(one.at_most)] if _is_number(one.at_most) else []
    highs += [math.ceil(one.below) - 1] if _is_number(one.below) else []
    return max(lows, default=None), min(highs, default=None)


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float)
