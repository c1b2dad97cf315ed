"""Which rows enter, and what is measured on them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from evaluation.spec.dates import Dated
from evaluation.spec.filters import Filter
from evaluation.spec.names import Column, Interval
from evaluation.spec.options import Table


class GroupedRows(Table):
    """One row for each combination of ``by`` and period: means, weighted by rows."""

    by: tuple[Column, ...] = Field(min_length=1)


RowKind = Literal[
    "person_month", "person", "first_of_year", "entry", "at_risk_entry", "at_risk_exit"
]


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
    """One outcome: a column, its kind, and when it is measured.

    ``lead_months`` reads the unit's value so many months after the row, ``horizons`` does so for
    each of several leads, ``at_age`` in the month in which the person is so many months old.
    ``difference`` takes off the value so many months before that date. ``label`` is what pages
    call the outcome: one text, or one by language, ``{ en = "...", nb = "..." }``.
    """

    column: Column
    kind: Literal["binary", "share", "continuous", "count", "nok"]
    label: str | dict[str, str] | None = None
    transform: Literal["log"] | None = None
    lead_months: int | None = Field(default=None, ge=0)
    horizons: tuple[int, ...] | None = None
    at_age: int | None = Field(default=None, ge=0)
    difference: int | None = Field(default=None, ge=1)

    def label_in(self, lang: str) -> str | None:
        """Return what pages in a language call the outcome, ``None`` where nothing is said."""
        return self.label.get(lang) if isinstance(self.label, dict) else self.label

    @property
    def horizon(self) -> int | None:
        """The only horizon, ``None`` where there is none or several."""
        return self.horizons[0] if self.horizons is not None and len(self.horizons) == 1 else None

    @property
    def lead(self) -> int:
        """Months from a row to its outcome; 0 where they differ from row to row."""
        return self.lead_months or self.horizon or 0

    @property
    def dated(self) -> Dated:
        """The column at the outcome's date."""
        return Dated(self.column, self.lead, self.difference or 0, self.at_age)

    @property
    def measured(self) -> str:
        """Name under which the outcome's values stand in the panel."""
        return self.dated.name


class Identity(Table):
    """An accounting identity: the parts sum to the total."""

    total: str
    parts: tuple[str, ...] = Field(min_length=2)
