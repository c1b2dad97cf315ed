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


def _first_and_last(ages: tuple[int, ...]) -> tuple[int, ...]:
    if len(ages) != 2 or not 0 <= ages[0] <= ages[1]:
        raise ValueError("two whole numbers, first and last completed year, such as [25, 34]")
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
    ages: Annotated[tuple[int, ...], AfterValidator(_first_and_last)] | None = None

    @property
    def age_range(self) -> tuple[int, int] | None:
        """First and last completed year simulated; ``None`` for all of the world."""
        return None if self.ages is None else (self.ages[0], self.ages[1])


class FilePanel(PanelTable):
    """A csv, parquet, dta or sas7bdat file, or a folder or pattern (``*``) of parquet files."""

    source: Literal["file"]
    path: PathText
    separator: Annotated[str, AfterValidator(_separator)] = ","
    decimal: Literal[".", ","] = "."
    encoding: str = "utf-8"
    missing: tuple[str, ...] = ("", "NA", ".")


class RegistersPanel(PanelTable):
    """A delivery of register files, described by a mapping.

    ``bridges`` names breaks of registers that outcomes or treatment lie across, as acknowledged.
    """

    source: Literal["registers"]
    mapping: PathText
    bridges: tuple[str, ...] = ()


class SqlPanel(PanelTable):
    """A table in a database, read without write rights.

    ``url`` is ``duckdb:///panel.duckdb`` (a path, from the spec's folder), ``postgres://host/name``
    (user and password from the environment alone) or ``spark://local[2]`` (Spark on this machine).
    ``table`` is a table's name, after its schema and a point where it has one; for Spark the path
    of a parquet file, or of a folder of them.
    """

    source: Literal["sql"]
    url: PathText
    table: PathText


Panel = Annotated[
    SyntheticPanel | FilePanel | RegistersPanel | SqlPanel, Field(discriminator="source")
]
