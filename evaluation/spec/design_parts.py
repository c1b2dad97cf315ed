"""The tables inside designs: columns, cohorts and donors."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PrivateAttr

from evaluation.spec.filters import Filter
from evaluation.spec.names import Column
from evaluation.spec.options import Table


class ColumnTable(Table):
    """A table that names one column.

    Attributes
    ----------
    column
        Column that holds it, as numbers.
    """

    column: Column


class RdTreatment(ColumnTable):
    """The treatment received at a cutoff, and how often it is recorded.

    Attributes
    ----------
    records
        ``each_period`` is recorded in every row; ``first_of_year`` is the first condition of a
        calendar year, as KOSTRA 11F has it, and belongs to the unit's first row of that year alone.
    """

    records: Literal["each_period", "first_of_year"] = "each_period"


class RunningVariable(Table):
    """The variable that assigns treatment at the cutoff.

    Attributes
    ----------
    column
        Column that holds it, as numbers; rows without it are left out and counted.
    discrete
        Whether it takes few values that many rows share, such as months of age; ``exposure`` needs
        it.
    """

    column: Column
    discrete: bool = False


class Instrument(Table):
    """An instrument, optionally multiplied by a second column.

    Attributes
    ----------
    column
        Column that moves the treatment, and the outcome through it alone.
    times
        Column that it is multiplied by, such as the predicted risk of receipt.
    """

    column: Column
    times: Column | None = None


class Cohort(Table):
    """The first treated period: one column, or an interval of dates.

    Attributes
    ----------
    column
        Column that holds the first treated period, in the unit of ``panel.time``, one value a unit.
    never
        Value that marks units never treated: a number, ``inf``, or ``"missing"`` for missing
        values, which are refused otherwise.
    earliest, latest
        Columns between whose dates treatment begins, both included, in place of ``column``; a
        missing end is unknown.
    before_window
        ``always_treated`` takes units that adopted before the panel's first period as treated
        throughout; they are refused if not given.
    unknown
        What becomes of half-known dates: ``exclude`` leaves their units out and counts them;
        ``draw`` draws dates inside the intervals and combines variances; ``bound`` gives the range
        over admissible dates. Refused if there are any and nothing is said.
    by
        Column that names what adopts, such as the municipality; the panel's unit if not given.
    draws
        Draws of dates with ``unknown = "draw"``.
    seed
        Seed of these draws; ``unknown = "draw"`` needs one.
    """

    column: Column | None = None
    never: int | Annotated[float, Field(allow_inf_nan=True)] | str | None = None
    earliest: Column | None = None
    latest: Column | None = None
    before_window: Literal["always_treated"] | None = None
    unknown: Literal["exclude", "draw", "bound"] | None = None
    by: Column | None = None
    draws: int = Field(default=20, ge=5, le=1000)
    seed: int | None = Field(default=None, ge=0)
    _dates: tuple[float, ...] | None = PrivateAttr(default=None)
    _error: int = PrivateAttr(default=0)

    @property
    def interval(self) -> bool:
        """Whether the first treated period is known as an interval only."""
        return self.column is None or self._error > 0

    @property
    def error(self) -> int:
        """Periods by which every date may be wrong, both ways."""
        return self._error

    @property
    def dates(self) -> tuple[float, ...] | None:
        """Dates chosen inside the intervals, one a unit that adopts; ``None`` for their middle."""
        return self._dates

    def dated(self, dates: tuple[float, ...]) -> Cohort:
        """Return the same intervals with a date chosen in each."""
        copy = self.model_copy()
        copy._dates = dates
        return copy

    def mistaken(self, periods: int) -> Cohort:
        """Return the same dates, each of which may be wrong by so many periods, both ways."""
        copy = self.model_copy()
        copy._error = periods
        return copy


class DonorScreen(Table):
    """When every donor adopted: one that has by the last period, or may have, is none.

    Attributes
    ----------
    column
        Column that holds when a unit adopted, in the unit of ``panel.time``.
    never
        Value that marks units that never adopt: a number, ``inf``, or ``"missing"``; a missing
        value is an unknown time otherwise.
    """

    column: Column
    never: int | Annotated[float, Field(allow_inf_nan=True)] | str | None = None


class Donors(Table):
    """The comparison units of a single treated unit.

    Attributes
    ----------
    keep
        Conditions that must hold in every row of a donor.
    screen
        When units adopted: those that have by the last period, or at a time not known, are no
        donors.
    least_rows
        Rows behind each of a donor's means of grouped rows, at least.
    incomplete
        ``drop`` leaves out donors that lack a period of an outcome; they are refused if not given.
    """

    keep: tuple[Filter, ...] = ()
    screen: DonorScreen | None = None
    least_rows: int | None = Field(default=None, ge=1)
    incomplete: Literal["drop"] | None = None
