"""The research design, one table a kind."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr

from evaluation.spec.filters import Filter, Predicate
from evaluation.spec.names import Column
from evaluation.spec.options import Table


class ColumnTable(Table):
    """A table that names one column."""

    column: Column


class RdTreatment(ColumnTable):
    """The treatment received at a cutoff, and how often it is recorded.

    ``first_of_year`` is the first condition of a calendar year, as KOSTRA 11F has it: it belongs to
    the unit's first row of that year alone.
    """

    records: Literal["each_period", "first_of_year"] = "each_period"


class RunningVariable(Table):
    """The variable that assigns treatment at the cutoff."""

    column: Column
    discrete: bool = False


class Instrument(Table):
    """An instrument, optionally multiplied by a second column."""

    column: Column
    times: Column | None = None


class Cohort(Table):
    """The first treated period: one column, or an interval of dates.

    ``by`` names what adopts, where it is not the panel's unit; ``draws`` and ``seed`` belong to
    ``unknown = "draw"``.
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
    """When every donor adopted: one that has by the last period, or may have, is none."""

    column: Column
    never: int | Annotated[float, Field(allow_inf_nan=True)] | str | None = None


class Donors(Table):
    """The comparison units of a single treated unit.

    ``keep`` must hold in every row of a donor. ``least_rows`` counts the rows behind each mean of
    grouped rows. ``incomplete = "drop"`` leaves out donors that lack a period of an outcome.
    """

    keep: tuple[Filter, ...] = ()
    screen: DonorScreen | None = None
    least_rows: int | None = Field(default=None, ge=1)
    incomplete: Literal["drop"] | None = None


class DidDesign(Table):
    """Treated against control, before against after, or a treatment that varies over time."""

    kind: Literal["did"]
    treated: Predicate | None = None
    control: Predicate | None = None
    post: Filter | None = None
    reform_date: dt.date | None = None
    treatment: ColumnTable | None = None
    third: Predicate | None = None
    instrument: Instrument | None = None


class StaggeredDesign(Table):
    """Units adopt at different periods."""

    kind: Literal["staggered_did"]
    cohort: Cohort
    control_group: Literal["never_treated", "not_yet_treated"] = "never_treated"
    anticipation: int = Field(default=0, ge=0)
    unbalanced: Literal["keep", "drop_incomplete"] | None = None
    always_treated: Literal["drop", "keep_as_always"] = "drop"
    treatment: ColumnTable | None = None
    instrument: Instrument | None = None


class RdDesign(Table):
    """Treatment changes where the running variable passes the cutoff."""

    kind: Literal["rd"]
    running_variable: RunningVariable
    cutoff: int | float
    treated_side: Literal["below", "above"]
    exposure: Column | None = None
    donut: int | None = Field(default=None, ge=1)
    treatment: RdTreatment | None = None
    reform_date: dt.date | None = None
    third: Predicate | None = None
    instrument: Instrument | None = None


class SingleUnitDesign(Table):
    """One treated unit against a pool of donors."""

    kind: Literal["single_unit"]
    treated: Predicate
    donors: Donors = Donors()
    reform_date: dt.date | None = None
    post: Filter | None = None


class NoDesign(Table):
    """A question that the data at hand cannot answer; ``missing`` says what would be needed."""

    kind: Literal["none"]
    missing: tuple[str, ...] = Field(min_length=1)


Design = Annotated[
    DidDesign | StaggeredDesign | RdDesign | SingleUnitDesign | NoDesign,
    Field(discriminator="kind"),
]
