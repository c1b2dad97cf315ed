"""What effects are worth: sums of effects over a time, each at an amount with its source."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from evaluation.spec.names import Id
from evaluation.spec.options import Table

# Ends of the interval are sought at every combination of the ends of the amounts.
MOST_ITEMS = 12


class WorthItem(Table):
    """The effect on one outcome, and what one unit of it is worth.

    ``amount`` is exact, or known with a ``std_error``, or anywhere between ``low`` and ``high``;
    without one an outcome is worth itself. ``per`` is the time that one value of the outcome
    covers, a month where the panel counts months. ``horizon`` chooses one of an outcome's horizons.
    """

    outcome: str
    model: str | None = None
    horizon: int | None = Field(default=None, ge=0)
    amount: float | None = None
    low: float | None = None
    high: float | None = None
    std_error: float | None = Field(default=None, gt=0)
    per: Literal["month", "quarter", "year"] | None = None
    source: str | None = Field(default=None, min_length=1)


class Worth(Table):
    """A sum of items per person, over so many months."""

    id: Id
    label: str | None = None
    unit: str = Field(min_length=1)
    model: str | None = None
    months: int | None = Field(default=None, ge=1)
    items: tuple[WorthItem, ...] = Field(min_length=1, max_length=MOST_ITEMS)
