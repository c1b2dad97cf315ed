"""Which rows enter, and what is measured on them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from evaluation.spec.filters import Filter
from evaluation.spec.names import Column, Interval
from evaluation.spec.options import Table


class GroupedRows(Table):
    """One row for each combination of ``by`` and period: means, weighted by rows."""

    by: tuple[Column, ...] = Field(min_length=1)


RowKind = Literal["person_month", "person", "entry", "at_risk_entry", "at_risk_exit"]


class Sample(Table):
    """The rows that enter every model."""

    denominator: Literal["population", "recipients", "main_income", "no_other_benefit"] = (
        "population"
    )
    rows: RowKind | GroupedRows = "person_month"
    keep: tuple[Filter, ...] = ()
    drop: tuple[Filter, ...] = ()
    drop_periods: tuple[Interval, ...] = ()


class Outcome(Table):
    """One outcome: a column, its kind, and when it is measured."""

    column: Column
    kind: Literal["binary", "share", "continuous", "count", "nok"]
    label: str | None = None
    transform: Literal["log"] | None = None
    lead_months: int | None = Field(default=None, ge=0)
    horizons: tuple[int, ...] | None = None
    at_age: int | None = Field(default=None, ge=0)
    difference: int | None = Field(default=None, ge=1)


class Identity(Table):
    """An accounting identity: the parts sum to the total."""

    total: str
    parts: tuple[str, ...] = Field(min_length=2)
