"""What a canonical table promises, and what was found of it: counts, never values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Temporality(StrEnum):
    """What a row is true of, in the words of Statistics Norway's microdata platform."""

    FIXED = "FIXED"
    STATUS = "STATUS"
    ACCUMULATED = "ACCUMULATED"
    EVENT = "EVENT"
    REFERENCE = "REFERENCE"  # of places and prices: beyond that vocabulary


class Kind(StrEnum):
    """What a column holds, and so its type once it is read."""

    PERSON = "person"  # key of a person: read as text, staged as BIGINT, a code in key order
    KEY = "key"  # another opaque key, VARCHAR
    MONTH = "month"  # YYYYMM, staged as INTEGER: 12 × year + month - 1
    YEAR = "year"  # INTEGER
    DATE = "date"  # DATE
    CODE = "code"  # VARCHAR with its leading zeros
    CODES = "codes"  # several codes, sorted and joined by "+", VARCHAR
    NUMBER = "number"  # whole, BIGINT
    NOK = "nok"  # whole nominal kroner, BIGINT
    DECIMAL = "decimal"  # DOUBLE


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a canonical table.

    Attributes
    ----------
    kind
        What it holds.
    required
        Whether a delivery must have the column at all.
    complete
        Whether a row without a value breaks the contract.
    codes
        Codes that it may hold; empty for any.
    low, high
        Least and largest value of a number.
    width
        Characters that every code has; 0 for any number.
    """

    kind: Kind
    required: bool = True
    complete: bool = False
    codes: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    width: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """Declaration of a canonical table.

    Attributes
    ----------
    name
        As in ``docs/registers.md``.
    temporality
        Of its rows.
    columns
        By name, in canonical order.
    key
        Columns whose values no two rows share; empty where rows may repeat.
    spell
        Columns of a spell's start and end, of kind month or date; ``None`` where rows are none.
    valid_from, valid_to
        First and last month that the source exists in, 12 × year + month - 1; ``None`` for open.
    """

    name: str
    temporality: Temporality
    columns: Mapping[str, Column]
    key: tuple[str, ...] = ()
    spell: tuple[str, str] | None = None
    valid_from: int | None = None
    valid_to: int | None = None


@dataclass(frozen=True, slots=True)
class Touched:
    """What a rule did to a table, or a contract found broken in it.

    Attributes
    ----------
    table
        The canonical table.
    rule
        Such as ``overlap``, ``open_end``, ``unlinked``; a fixed word, the same everywhere.
    action
        What was done, in words, such as ``merged into one spell``.
    persons
        Persons touched; ``None`` for tables without persons.
    rows
        Rows touched.
    fault
        Whether the delivery breaks the contract, so that nothing may be built from it.
    """

    table: str
    rule: str
    action: str
    persons: int | None
    rows: int
    fault: bool = False


@dataclass(frozen=True, slots=True)
class Staged:
    """Canonical tables as parquet, typed and checked.

    Attributes
    ----------
    folder
        Holds ``<table>.parquet``, sorted by person where it has one, and ``person_key.parquet``
        (``person`` BIGINT, ``key`` VARCHAR), which never leaves the cache.
    tables
        Rows by table.
    persons
        Persons in all.
    touched
        In the order of tables and rules.
    columns
        Columns that were delivered, by table; the others are there and empty.
    """

    folder: str
    tables: Mapping[str, int]
    persons: int
    touched: tuple[Touched, ...] = field(default=())
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
