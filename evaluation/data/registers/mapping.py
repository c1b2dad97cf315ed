"""How a delivery is read: which file is which table, under which names, by which rules."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from evaluation.spec.names import PathText, Scalar
from evaluation.spec.options import Table

Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Dates = Literal["YYYY-MM-DD", "YYYYMMDD", "DDMMYYYY", "DDMMYY", "DD.MM.YYYY", "sas_days"]
OpenEnd = Literal["ongoing", "drop", "error"]
ShapeName = Literal["tables", "research_extract", "microdata_event", "kostra_11f"]


class Reading(Table):
    """How files are written; what a file itself tells (parquet, dta) is not asked.

    ``dates`` is the form of dates in text and numbers; ``sas_days`` counts from 1960-01-01.
    ``thousands`` is what parts digits in threes, if anything. Text of ``layout`` ``fixed`` has no
    separator: fields stand at places that the shape knows.
    """

    layout: Literal["separated", "fixed"] = "separated"
    separator: str = ";"
    decimal: Literal[".", ","] = "."
    thousands: Literal["", " ", ".", ","] = ""
    encoding: str = "utf-8"
    missing: tuple[str, ...] = ("", ".", "NA")
    dates: Dates = "YYYY-MM-DD"


class TableMapping(Table):
    r"""One canonical table: its files, names and rules.

    Attributes
    ----------
    file
        A file, a folder of parts, or a pattern with ``*``, from the delivery's folder; several
        where years differ in their columns.
    key
        Column of the person; by default the one that matches
        ``^(w\d{2}_\d{4}_)?lopenr_person$`` in any case.
    columns
        Name in the file by canonical column; absent where a column is not delivered.
    constants
        Value of a canonical column that the file does not hold, such as ``benefit = "aap"``.
    codes
        Canonical code by code in the file, by column.
    open_end
        What a missing end means; of tables of spells it must be said, here or for the delivery.
    overlap
        What becomes of spells of one person that overlap.
    several
        What becomes of a month that several municipalities paid.
    covers
        First and last month that the table covers, where these are fewer than the delivery's:
        outside them what is built of it is missing, where it would be 0 otherwise.
    reading
        Where the files of this table are written otherwise than the rest.
    shape
        Where its records are laid out otherwise than the rest, such as ``kostra_11f``.
    """

    file: PathText | tuple[PathText, ...]
    key: Name | None = None
    columns: dict[str, Name] = Field(default_factory=dict)
    constants: dict[str, str] = Field(default_factory=dict)
    codes: dict[str, dict[str, str]] = Field(default_factory=dict)
    open_end: OpenEnd | None = None
    overlap: Literal["merge", "first", "error"] | None = None
    several: Literal["sum", "largest", "error"] | None = None
    covers: tuple[dt.date, dt.date] | None = None
    reading: Reading | None = None
    shape: ShapeName | None = None


class Municipalities(Table):
    """Which codes municipalities are brought to.

    Attributes
    ----------
    to
        ``coarsest`` joins all that ever exchanged area, so that no weights are needed; a date gives
        the codes of that day, and persons whose municipality was divided by then have none.
    correspondence
        A file of Statistics Norway's classification 131, where no table ``muni_crosswalk`` is
        delivered.
    codes_of
        For tables whose codes are all of one date, that date; otherwise codes are of the dates of
        their rows.
    """

    to: Literal["coarsest"] | dt.date = "coarsest"
    correspondence: PathText | None = None
    codes_of: dict[Literal["residence", "office", "adoption"], dt.date] = Field(
        default_factory=dict
    )


class Delivery(Table):
    """A mapping file.

    Attributes
    ----------
    shape
        How records are laid out; each is a file of ``evaluation/data/registers/shapes``.
    folder
        Where the files lie, from the mapping's own folder.
    first, last
        Months that the panel covers, such as 2013-01-01 and 2019-12-01.
    ages
        Completed years at the end of a month, inclusive, outside which no row is made.
    open_end
        What a missing end of a spell means in tables that do not say it themselves.
    tables
        By canonical name; several files of one table are told apart by a point and a word, such as
        ``benefit_spell.aap``.
    columns
        Options of a panel column, such as ``employed = { by = "hours", at_least = 4 }``.
    """

    schema_version: Literal[1]
    shape: ShapeName
    folder: PathText = "."
    first: dt.date
    last: dt.date
    ages: tuple[int, int] = (16, 67)
    open_end: OpenEnd | None = None
    reading: Reading = Reading()
    tables: dict[str, TableMapping] = Field(min_length=1)
    municipalities: Municipalities = Municipalities()
    columns: dict[str, dict[str, Scalar | tuple[Scalar, ...]]] = Field(default_factory=dict)
