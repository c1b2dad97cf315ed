"""What a column of the panel is made of, and the statements that a chunk runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from evaluation.data.registers.base import column_of_base
from evaluation.data.registers.columns.contract import ColumnModule, Grain
from evaluation.data.registers.coverage import Months
from evaluation.data.registers.sql import quoted


@dataclass(frozen=True)
class Chosen:
    """A panel column to be built.

    Attributes
    ----------
    name
        Of the column.
    module
        The file that gives it.
    options
        What the mapping says of it.
    covered
        First and last month that its tables cover; ``None`` for those of the delivery.
    """

    name: str
    module: ColumnModule
    options: Any
    covered: Months | None = None

    def query(self, has: frozenset[str]) -> str:
        """Return its own statement."""
        return self.module.query(self.name, self.options, has)


def given(name: str) -> str:
    """Return the name, as SQL, under which other columns read a column's own rows."""
    return quoted(f"given_{name}")


def select_rows(names: Iterable[str], has: frozenset[str]) -> str:
    """Return the SELECT of the rows of a chunk with columns of the base, by person and month."""
    shown = (f"{column_of_base(name)} AS {quoted(name)}" for name in names)
    joined = "LEFT JOIN person p ON p.person = b.person" if "person" in has else ""
    return (
        f"SELECT {', '.join(shown)}, b.month AS {quoted(MONTH)} FROM base b {joined} "
        "ORDER BY b.person, b.month"
    )


# Name of the month among the columns of the base; no column of a panel may have it.
MONTH = "month of the row"


def select_values(one: Chosen, shared: frozenset[str], has: frozenset[str]) -> str:
    """Return the SELECT of a column's own rows: person, month where it has one, value by type."""
    rows = given(one.name) if one.name in shared else f"({one.query(has)})"
    month = "month::BIGINT AS month, " if one.module.GRAIN == Grain.MONTH else ""
    kind = one.module.TYPES[one.name].value
    return f"SELECT person::BIGINT AS person, {month}CAST(value AS {kind}) AS value FROM {rows}"
