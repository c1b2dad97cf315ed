"""Which rows enter, and what is measured on them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from evaluation.spec.dates import Dated
from evaluation.spec.filters import Filter
from evaluation.spec.names import Column, Interval
from evaluation.spec.options import Table


class GroupedRows(Table):
    """One row for each combination of ``by`` and period: means, weighted by rows.

    Attributes
    ----------
    by
        Columns whose combinations are the groups; rows that lack one are left out and counted.
    """

    by: tuple[Column, ...] = Field(min_length=1)


RowKind = Literal[
    "person_month", "person", "first_of_year", "entry", "at_risk_entry", "at_risk_exit"
]


class Sample(Table):
    """The rows that enter every model.

    Attributes
    ----------
    denominator
        ``population`` is everybody; ``recipients`` have ``sa_received`` = 1 (social assistance in
        the month), ``main_income`` ``sa_main_income`` = 1, ``no_other_benefit`` that column = 1.
    rows
        ``person_month`` is every row; ``person`` a unit's first, ``first_of_year`` its first in
        each year, after all filters; ``entry`` where ``sa_entry`` = 1; ``at_risk_entry`` and
        ``at_risk_exit`` where ``sa_entry`` or ``sa_exit`` is known; ``{ by = [...] }`` one for each
        group and period.
    keep
        Conditions of which every one must hold.
    drop
        Rows that meet any of these are left out; conditions inside one table must all hold.
    drop_periods
        Intervals of time that are left out, both ends included, such as announced months.
    """

    denominator: Literal["population", "recipients", "main_income", "no_other_benefit"] = (
        "population"
    )
    rows: RowKind | GroupedRows = "person_month"
    keep: tuple[Filter, ...] = ()
    drop: tuple[Filter, ...] = ()
    drop_periods: tuple[Interval, ...] = ()


class Outcome(Table):
    """One outcome: a column, its kind, and when it is measured.

    Attributes
    ----------
    column
        Column that holds it, of the panel, joined or derived.
    kind
        ``binary`` is 0 or 1, ``share`` from 0 to 1, ``continuous`` any number, ``count`` how many,
        ``nok`` an amount in kroner.
    label
        What pages call the outcome: one text, or one by language, ``{ en = "...", nb = "..." }``;
        if not given what the language calls the column, else the outcome's name.
    transform
        ``log`` takes the natural logarithm; values must be above 0.
    lead_months
        The unit's value so many months after the row; its own month if not given.
    horizons
        Months after the row, each an outcome of its own; in place of ``lead_months``.
    at_age
        The value in the month in which the person is so many months old, whatever the row's month.
    difference
        Months: the value so long before the outcome's date is taken off.
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
    """An accounting identity: the parts sum to the total.

    Attributes
    ----------
    total
        Outcome that is the sum.
    parts
        Outcomes that sum to it, two or more.
    """

    total: str
    parts: tuple[str, ...] = Field(min_length=2)
