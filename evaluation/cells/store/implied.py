"""Whether rows that meet one condition meet another: what wider cells can still answer."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass

from evaluation.cells.plan import Condition
from evaluation.spec.filters import Filter

RANGE = frozenset({"equals", "at_least", "above", "at_most", "below"})


@dataclass(frozen=True)
class Bounds:
    """An interval of numbers; dates count as their day number."""

    low: float
    low_open: bool
    high: float
    high_open: bool

    def inside(self, other: Bounds) -> bool:
        """Whether every number of this interval lies in the other."""
        above = self.low > other.low or (
            self.low == other.low and (self.low_open or not other.low_open)
        )
        below = self.high < other.high or (
            self.high == other.high and (self.high_open or not other.high_open)
        )
        return above and below


def same(one: Condition, other: Condition) -> bool:
    """Whether two conditions ask the same, whatever the flow calls them."""
    return (one.filters, one.negated, one.moments) == (other.filters, other.negated, other.moments)


def implies(given: Condition, wanted: Condition) -> bool:
    """Whether rows that meet ``given`` are sure to meet ``wanted``."""
    if same(given, wanted):
        return True
    if given.moments is not None and wanted.moments is not None:
        return _moments(given, given.moments, wanted, wanted.moments)
    if given.negated or wanted.negated or len(given.filters) != 1 or len(wanted.filters) != 1:
        return False
    first, second = given.filters[0], wanted.filters[0]
    if first.column != second.column:
        return False
    narrow, wide = _bounds(first), _bounds(second)
    return narrow is not None and wide is not None and narrow.inside(wide)


def left_over(
    asked: tuple[Condition, ...], kept: tuple[Condition, ...]
) -> tuple[Condition, ...] | None:
    """Return the conditions that kept cells have yet to meet, ``None`` where rows are missing.

    Parameters
    ----------
    asked
        Conditions that rows must meet.
    kept
        Conditions that the rows of the kept cells met: each must follow from one of ``asked``.
    """
    if any(not any(implies(one, wanted) for one in asked) for wanted in kept):
        return None
    return tuple(one for one in asked if not any(same(one, met) for met in kept))


def _moments(
    given: Condition, inner: tuple[int, int], wanted: Condition, outer: tuple[int, int]
) -> bool:
    """Judge two intervals of time, inside which rows stay or leave."""
    within = outer[0] <= inner[0] and inner[1] <= outer[1]
    around = inner[0] <= outer[0] and outer[1] <= inner[1]
    apart = inner[1] < outer[0] or outer[1] < inner[0]
    answers: Mapping[tuple[bool, bool], bool] = {
        (False, False): within,
        (True, True): around,
        (False, True): apart,
        (True, False): False,
    }
    return answers[given.negated, wanted.negated]


def _bounds(one: Filter) -> Bounds | None:
    """Return the interval that a filter leaves, ``None`` where it says something else."""
    conditions = one.conditions
    if not RANGE.issuperset(conditions):
        return None
    numbers = {name: _number(value) for name, value in conditions.items()}
    if any(value is None for value in numbers.values()):
        return None
    lows = [
        (value, name == "above")
        for name, value in numbers.items()
        if name in ("equals", "at_least", "above") and value is not None
    ]
    highs = [
        (value, name == "below")
        for name, value in numbers.items()
        if name in ("equals", "at_most", "below") and value is not None
    ]
    low, low_open = max(lows, default=(-math.inf, False))
    high, high_open = min(highs, key=lambda one: (one[0], not one[1]), default=(math.inf, False))
    return Bounds(low, low_open, high, high_open)


def _number(value: object) -> float | None:
    if isinstance(value, dt.date):
        return float(value.toordinal())
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)
