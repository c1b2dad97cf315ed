"""What a variable of the event shape is, and how its rows are dated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from data_synth.shapes.declared.registers import Temporality


class Unit(StrEnum):
    """Kinds of units, as the platform names them."""

    PERSON = "PERSON"
    JOB = "JOBB"
    HOUSEHOLD = "HUSHOLDNING"


class Period(StrEnum):
    """How the dates of a row are read from the canonical columns."""

    NONE = "none"  # a fixed trait
    MONTHS = "months"  # first day of one month to the last day of another
    DAYS = "days"
    FROM_DAY = "from_day"  # until the unit's next row
    ON_DAY = "on_day"
    MONTH = "month"  # its first to its last day
    MID_MONTH = "mid_month"  # the 16th, the day to which a month's jobs refer
    YEAR = "year"
    NOVEMBER = "november"  # the 16th


class Combine(StrEnum):
    """What becomes of rows of one unit and period: the platform allows one."""

    KEEP = "keep"  # all of them: they do not occur, or are there on purpose
    FIRST = "first"
    LAST = "last"
    SUM = "sum"


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the event shape.

    Attributes
    ----------
    name
        Of the variable and its files.
    title
        In Norwegian, as in the metadata.
    table, value
        Canonical table and column; an empty column is the value "1".
    period, dates
        How rows are dated, and by which columns.
    codes
        Norwegian titles by code; empty where values are described, not listed.
    unit_of_value
        Kroner, per cent, ...; empty for codes.
    only
        Column and code of the rows that belong to it; none for all.
    unit, id
        Kind of unit that it describes, and the column with its key.
    measures
        Kind of unit that the value is the key of; none for values that are no keys.
    attribute
        Column whose value goes into the fifth field.
    combine
        What becomes of rows of one unit and period.
    """

    name: str
    title: str
    table: str
    value: str
    period: Period
    dates: tuple[str, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)
    unit_of_value: str = ""
    only: tuple[str, str] | None = None
    unit: Unit = Unit.PERSON
    id: str = "person_id"
    measures: Unit | None = None
    attribute: str = ""
    combine: Combine = Combine.KEEP

    @property
    def temporality(self) -> Temporality:
        """Temporality of the rows, which how they are dated settles."""
        return _TEMPORALITY[self.period]


_TEMPORALITY: Mapping[Period, Temporality] = MappingProxyType(
    {
        Period.NONE: Temporality.FIXED,
        Period.MONTHS: Temporality.EVENT,
        Period.DAYS: Temporality.EVENT,
        Period.FROM_DAY: Temporality.EVENT,
        Period.ON_DAY: Temporality.STATUS,
        Period.MONTH: Temporality.ACCUMULATED,
        Period.MID_MONTH: Temporality.STATUS,
        Period.YEAR: Temporality.ACCUMULATED,
        Period.NOVEMBER: Temporality.STATUS,
    }
)
