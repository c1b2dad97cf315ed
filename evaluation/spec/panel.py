"""Where the rows come from, one table a source."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from evaluation.spec.names import Column, Interval, PathText
from evaluation.spec.options import Table

TimeUnit = Literal["month", "date", "integer"]
Period = Literal["month", "quarter", "year"]


class PanelTable(Table):
    """Keys that every source has."""

    unit: Column | None = None
    time: Column | None = None
    time_unit: TimeUnit | None = None
    period: Period | None = None
    window: Interval | None = None
    weight: Column | None = None


def _separator(text: str) -> str:
    if len(text) != 1 or text in '\r\n"':
        raise ValueError("one character that is no quote and no line break")
    return text


def _ascending(ages: tuple[int, int]) -> tuple[int, int]:
    if not 0 <= ages[0] <= ages[1]:
        raise ValueError("first and last completed year of age, first not after last")
    return ages


class SyntheticPanel(PanelTable):
    """A panel simulated from a world with known truth.

    ``persons`` counts those of the whole world. With ``ages``, completed years inclusive, only
    those of these ages in the window are simulated, and only at these ages: the same persons as
    without, at a fraction of the cost.
    """

    source: Literal["synthetic"]
    world: str
    persons: int = Field(ge=1)
    seed: int = Field(ge=0)
    ages: Annotated[tuple[int, int], AfterValidator(_ascending)] | None = None


class FilePanel(PanelTable):
    """A csv, parquet, dta or sas7bdat file."""

    source: Literal["file"]
    path: PathText
    separator: Annotated[str, AfterValidator(_separator)] = ","
    decimal: Literal[".", ","] = "."
    encoding: str = "utf-8"
    missing: tuple[str, ...] = ("", "NA", ".")


class RegistersPanel(PanelTable):
    """A delivery of register files, described by a mapping."""

    source: Literal["registers"]
    mapping: PathText


class SqlPanel(PanelTable):
    """A table in a database, read without write rights."""

    source: Literal["sql"]
    url: PathText
    table: str


Panel = Annotated[
    SyntheticPanel | FilePanel | RegistersPanel | SqlPanel, Field(discriminator="source")
]
