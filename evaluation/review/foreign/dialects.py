"""How a language writes names, text, conditions and remarks."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from evaluation.spec.filters import Filter


class Dialect(ABC):
    """One language."""

    both: ClassVar[str] = " & "
    either: ClassVar[str] = " | "

    @abstractmethod
    def name(self, column: str) -> str:
        """Return a column's name, quoted where it must be."""

    @abstractmethod
    def text(self, value: str) -> str:
        """Return a text as a literal."""

    @abstractmethod
    def date(self, value: dt.date) -> str:
        """Return a date as a literal."""

    @abstractmethod
    def missing(self, operand: str) -> str:
        """Return the condition that a value is missing."""

    @abstractmethod
    def negated(self, condition: str) -> str:
        """Return the opposite of a condition, true where it is unknown."""

    @abstractmethod
    def remark(self, line: str) -> str:
        """Return a line that is read by people alone; what it says never ends it."""

    @abstractmethod
    def make(self, name: str, value: str) -> str:
        """Return the line that makes a column of the data."""

    @abstractmethod
    def flag(self, name: str, condition: str) -> str:
        """Return the line that makes a column 1 where a condition holds, else 0."""

    @abstractmethod
    def anew(self, name: str) -> tuple[str, ...]:
        """Return the lines after which a column of ours may be made once more."""

    @abstractmethod
    def variable(self, name: str, rest: str) -> str:
        """Return a path below the folder that a variable of the environment names."""

    @abstractmethod
    def put(self, name: str, value: str, condition: str) -> str:
        """Return the line that sets a column of ours where a condition holds."""

    @abstractmethod
    def least(self, name: str, column: str, condition: str) -> tuple[str, ...]:
        """Return the lines that make ``name`` the least value of a column where a condition holds.

        It is a number of the language, written as :meth:`number` says.
        """

    @abstractmethod
    def number(self, name: str) -> str:
        """Return how a number that was made is named."""

    @abstractmethod
    def keep(self, condition: str) -> str:
        """Return the line that keeps rows for which a condition is known to hold."""

    @abstractmethod
    def member(self, operand: str, values: list[str]) -> str:
        """Return the condition that a value is one of several."""

    @abstractmethod
    def floored(self, dividend: str, divisor: int) -> str:
        """Return a quotient rounded down."""

    def literal(self, value: Any) -> str:
        """Return a number, text, date or truth as a literal."""
        if isinstance(value, bool):
            return str(int(value))
        if isinstance(value, dt.date):
            return self.date(value)
        return repr(value) if isinstance(value, int | float) else self.text(str(value))

    def condition(
        self, one: Filter, operand: str, literal: Callable[[Any], str] | None = None
    ) -> str:
        """Return a filter as a condition; a missing value satisfies only ``missing = true``.

        Parameters
        ----------
        one
            The filter.
        operand
            What it is evaluated of, as the language writes it.
        literal
            Writes its values, where they are none of their own column.
        """
        write = literal or self.literal
        parts = [
            f"{operand} {COMPARED[key]} {write(value)}"
            for key, value in one.conditions.items()
            if key in COMPARED
        ]
        if one.one_of is not None:
            parts.append(self.member(operand, [write(value) for value in one.one_of]))
        if one.none_of is not None:
            parts.append(f"!{self.member(operand, [write(value) for value in one.none_of])}")
        absent = self.missing(operand)
        if one.missing:
            return self.both.join([absent, *parts])
        return self.both.join([*parts, f"!{absent}"])


# Both languages write them alike.
COMPARED: Mapping[str, str] = {
    "equals": "==",
    "not_equals": "!=",
    "at_least": ">=",
    "above": ">",
    "at_most": "<=",
    "below": "<",
}


def one_line(text: str) -> str:
    """Return a text that no language takes for more than one line of a remark."""
    # Three slashes go on to the next line in Stata, and an opened comment swallows what follows.
    return " ".join(text.split()).replace("///", "/ / /").replace("/*", "/ *")
