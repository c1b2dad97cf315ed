"""Where the rows come from, one table a source."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from evaluation.spec.names import Column, Interval, PathText
from evaluation.spec.options import Table

TimeUnit = Literal["month", "date", "integer"]
Period = Literal["month", "quarter", "year"]


class PanelTable(Table):
    """Keys that every source has.

    Attributes
    ----------
    unit
        Column that names the unit, such as the person; may be absent where no model needs it.
    time
        Column that holds the time of a row; may be absent where no model needs it.
    time_unit
        How ``time`` counts: ``month`` (YYYYMM), ``date``, or ``integer`` (whole numbers, such as
        years). If not given ``month`` in a synthetic panel, else as the values show; a file whose
        numbers look like YYYYMM must say.
    period
        Length of a period, months if not given: of a unit's rows in a quarter or year one is made,
        outcomes averaged, other columns as last seen. Not with ``integer`` time.
    window
        First and last time that enters, both included: dates, or whole numbers with ``integer``
        time. All if not given; a synthetic panel needs it.
    weight
        Column of analytic weights; ``n_obs`` stays unweighted. Rows count alike if not given.
    """

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

    Attributes
    ----------
    source
        ``synthetic``: rows are simulated.
    world
        Name of the world, as ``activity-duty list worlds`` prints it.
    persons
        Persons of the whole world; with ``ages`` those of other ages are counted and not simulated.
    seed
        Seed of the persons' draws: the same seed gives the same persons.
    ages
        First and last completed year: only persons of these ages in the window are simulated, only
        at these ages and the same as without the key, at a fraction of the cost; all if not given.
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
    """A csv, parquet, dta or sas7bdat file, or a folder or pattern (``*``) of parquet files.

    Attributes
    ----------
    source
        ``file``: rows are read from files.
    path
        The file, from the spec's folder; ``${NAME}`` stands for a declared folder,
        ``package:NAME/FILE`` for a file of an installed package.
    separator
        Character between the values of a csv line.
    decimal
        Decimal mark of numbers in a csv file.
    encoding
        Encoding of a csv file, such as ``latin-1``.
    missing
        Texts that mean a missing value in a csv file.
    """

    source: Literal["file"]
    path: PathText
    separator: Annotated[str, AfterValidator(_separator)] = ","
    decimal: Literal[".", ","] = "."
    encoding: str = "utf-8"
    missing: tuple[str, ...] = ("", "NA", ".")


class RegistersPanel(PanelTable):
    """A delivery of register files, described by a mapping.

    Attributes
    ----------
    source
        ``registers``: a panel is built from a delivery of register files.
    mapping
        Path of the mapping, which says which files and columns of the delivery hold what.
    bridges
        Names of breaks of registers that outcomes or treatment lie across, as acknowledged; a break
        that is crossed and not named is refused.
    """

    source: Literal["registers"]
    mapping: PathText
    bridges: tuple[str, ...] = ()


class SqlPanel(PanelTable):
    """A table in a database, read without write rights.

    Attributes
    ----------
    source
        ``sql``: rows are read from a database.
    url
        ``duckdb:///panel.duckdb`` (a path, from the spec's folder), ``postgres://host/name`` (user
        and password from the environment alone) or ``spark://local[2]`` (Spark on this machine).
    table
        Name of the table, after its schema and a point where it has one; for Spark the path of a
        parquet file, or of a folder of them.
    """

    source: Literal["sql"]
    url: PathText
    table: PathText


Panel = Annotated[
    SyntheticPanel | FilePanel | RegistersPanel | SqlPanel, Field(discriminator="source")
]
