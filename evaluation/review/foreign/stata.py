"""How Stata writes names, text, conditions and remarks."""

from __future__ import annotations

import datetime as dt
import re

from typing_extensions import override

from evaluation.review.foreign.dialects import Dialect, one_line

STATA_NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]{0,31}$")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class Stata(Dialect):
    """Stata 16 and later; a missing number is larger than every other, and is always named."""

    @override
    def name(self, column: str) -> str:
        return column if STATA_NAME.match(column) else stata_name(column)

    @override
    def text(self, value: str) -> str:
        # Inside quotes a dollar sign and a backquote still stand for macros.
        safe = value.replace("\\", "\\\\").replace("`", "\\`").replace("$", "\\$")
        return '`"' + " ".join(safe.split("\n")) + "\"'"

    @override
    def date(self, value: dt.date) -> str:
        return f"td({value:%d}{MONTHS[value.month - 1]}{value:%Y})"

    @override
    def missing(self, operand: str) -> str:
        return f"missing({operand})"

    @override
    def negated(self, condition: str) -> str:
        return f"!({condition})"

    @override
    def remark(self, line: str) -> str:
        return f"* {one_line(line)}"

    @override
    def make(self, name: str, value: str) -> str:
        return f"generate {name} = {value}"

    @override
    def flag(self, name: str, condition: str) -> str:
        return f"generate byte {name} = {condition}"

    @override
    def anew(self, name: str) -> tuple[str, ...]:
        return (f"capture drop {name}",)

    @override
    def variable(self, name: str, rest: str) -> str:
        return f"`\"`: environment {name}'{rest}\"'"

    @override
    def put(self, name: str, value: str, condition: str) -> str:
        return f"replace {name} = {value} if {condition}"

    @override
    def least(self, name: str, column: str, condition: str) -> tuple[str, ...]:
        return (f"summarize {column} if {condition}, meanonly", f"scalar {name} = r(min)")

    @override
    def number(self, name: str) -> str:
        return f"scalar({name})"

    @override
    def keep(self, condition: str) -> str:
        return f"keep if {condition}"

    @override
    def member(self, operand: str, values: list[str]) -> str:
        return f"({self.either.join(f'{operand} == {value}' for value in values)})"

    @override
    def floored(self, dividend: str, divisor: int) -> str:
        return f"floor(({dividend}) / {divisor})"


def stata_name(column: str) -> str:
    """Return the name that stands for a column whose own Stata does not take."""
    plain = re.sub(r"[^A-Za-z0-9_]", "_", column)
    return (plain if STATA_NAME.match(plain[:32]) else f"_{plain}")[:32]
