"""What a rule is: it changes a typed table in place, and says how many persons and rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from evaluation.data.registers.contract import Kind, Table, Touched
from evaluation.data.registers.sql import quoted

if TYPE_CHECKING:
    import duckdb

PERSON = "person"


@dataclass(frozen=True, slots=True)
class Step:
    """A typed table, and what the mapping says of it.

    Attributes
    ----------
    connection
        Holds the table, and ``persons`` (person, key, linked).
    table
        What was declared of it.
    relation
        Its name in SQL; the rows lie by person and, within, by what ``overlap`` compares and start.
    overlap, several
        What the mapping says, or ``merge`` and ``sum``.
    first, last
        Months that the delivery covers, 12 × year + month - 1.
    """

    connection: duckdb.DuckDBPyConnection
    table: Table
    relation: str
    overlap: str
    several: str
    first: int
    last: int

    @property
    def personal(self) -> bool:
        """Whether rows are of persons."""
        return any(one.kind is Kind.PERSON for one in self.table.columns.values())

    def ends(self) -> tuple[str, str]:
        """Return start and end of a spell as SQL."""
        start, end = self.table.spell or ("", "")
        return quoted(start), quoted(end)

    def monthly(self) -> bool:
        """Whether spells are of months, not of days."""
        return self.table.spell is not None and (
            self.table.columns[self.table.spell[0]].kind is Kind.MONTH
        )

    def row(self, statement: str) -> tuple[Any, ...]:
        """Return the one row of a statement."""
        found = self.connection.execute(statement).fetchone()
        return tuple(found or ())

    def touched(
        self, rule: str, action: str, persons: int, rows: int, fault: bool = False
    ) -> tuple[Touched, ...]:
        """Return what was touched, nothing where no row was."""
        if not rows:
            return ()
        count = persons if self.personal else None
        return (Touched(self.table.name, rule, action, count, rows, fault),)


class Rule(Protocol):
    """A module of this folder.

    Attributes
    ----------
    RANK
        Rules are applied from the lowest on.
    """

    RANK: int

    def apply(self, step: Step) -> tuple[Touched, ...]:
        """Change the rows of a table that the rule concerns, and count them.

        A fault is counted and nothing changed.
        """
        ...


def last_day(month: int) -> str:
    """Return the last day of a month, 12 × year + month - 1, as SQL."""
    return f"(make_date({(month + 1) // 12}, {(month + 1) % 12 + 1}, 1) - 1)"


def first_day(month: int) -> str:
    """Return the first day of a month, 12 × year + month - 1, as SQL."""
    return f"make_date({month // 12}, {month % 12 + 1}, 1)"
