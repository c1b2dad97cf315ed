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

    Attributes
    ----------
    outcome
        Outcome whose effect is valued.
    model
        Id of the model that estimates it; that of the table, else the first that is asked for the
        outcome.
    horizon
        Which of the outcome's horizons, in months; needed where it has several.
    amount
        What one unit of the outcome is worth, in ``unit``; without it the outcome is worth itself.
    low, high
        Bounds between which the amount lies for certain.
    std_error
        Standard error of an amount that was estimated; in place of ``low`` and ``high``.
    per
        Time that one value of the outcome covers; a month if not given and the panel counts months.
    source
        Where the amount is from; needed with ``amount``.
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
    """A sum of items per person, over so many months.

    Attributes
    ----------
    id
        Name in ``worth.csv``.
    label
        What pages call it; its id if not given.
    unit
        Unit of the sum, in words, such as ``NOK``.
    model
        Id of the model whose effects are taken where an item names none.
    months
        Months over which effects are counted, each as large as the estimate; one value of each
        outcome if not given.
    items
        Effects that are summed, each with its amount.
    """

    id: Id
    label: str | None = None
    unit: str = Field(min_length=1)
    model: str | None = None
    months: int | None = Field(default=None, ge=1)
    items: tuple[WorthItem, ...] = Field(min_length=1, max_length=MOST_ITEMS)
