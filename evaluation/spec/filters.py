"""Conditions on columns: data, never code."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from evaluation.spec.names import Bound, Column, Scalar
from evaluation.spec.options import Table


class Filter(Table):
    """Conditions on one column; all that are given must hold.

    A missing value satisfies only ``missing = true``.

    Attributes
    ----------
    column
        Column that is looked at.
    equals, not_equals
        One value that it must have, or must not have.
    one_of, none_of
        Values of which it must have one, or may have none.
    at_least, above
        Lower bound: itself included (``at_least``) or not (``above``).
    at_most, below
        Upper bound: itself included (``at_most``) or not (``below``).
    missing
        ``true`` asks for missing values, ``false`` for known ones.
    """

    column: Column
    equals: Scalar | None = None
    not_equals: Scalar | None = None
    one_of: tuple[Scalar, ...] | None = Field(default=None, min_length=1)
    none_of: tuple[Scalar, ...] | None = Field(default=None, min_length=1)
    at_least: Bound | None = None
    above: Bound | None = None
    at_most: Bound | None = None
    below: Bound | None = None
    missing: bool | None = None

    @property
    def conditions(self) -> dict[str, object]:
        """The conditions given, by name."""
        return {name: value for name in CONDITIONS if (value := getattr(self, name)) is not None}


CONDITIONS = (
    "equals",
    "not_equals",
    "one_of",
    "none_of",
    "at_least",
    "above",
    "at_most",
    "below",
    "missing",
)


class FixedDate(Table):
    """A date at which a predicate is evaluated once, which makes a cohort.

    Attributes
    ----------
    date
        Date at whose period the unit's value is read, for all of its rows.
    """

    date: dt.date


class Predicate(Filter):
    """A filter that assigns a role, and the moment at which it is evaluated.

    Attributes
    ----------
    assigned_at
        ``period_end`` reads the row's own value; ``period_start`` ``age_months`` less the period's
        length, any other column one period earlier; ``entry`` and ``decision`` the value when
        receipt began, or the condition in force was imposed; ``{ date = D }`` that of D.
    """

    assigned_at: Literal["period_end", "period_start", "entry", "decision"] | FixedDate = (
        "period_end"
    )
