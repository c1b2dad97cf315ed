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
    """A date at which a predicate is evaluated once, which makes a cohort."""

    date: dt.date


class Predicate(Filter):
    """A filter that assigns a role, and the moment at which it is evaluated."""

    assigned_at: Literal["period_end", "period_start", "entry", "decision"] | FixedDate = (
        "period_end"
    )
