"""How R writes names, text, conditions and remarks."""

from __future__ import annotations

import datetime as dt
import re

from typing_extensions import override

from evaluation.review.foreign.dialects import Dialect, one_line

R_NAME = re.compile(r"^(?:[A-Za-z]|\.(?![0-9]))[A-Za-z0-9._]*$")
R_WORDS = frozenset(
    {
        *("if", "else", "repeat", "while", "function", "for", "next", "break", "in"),
        *("TRUE", "FALSE", "NULL", "Inf", "NaN", "NA"),
    }
)


class R(Dialect):
    """R; the rows are a data frame ``d``."""

    @override
    def name(self, column: str) -> str:
        if R_NAME.match(column) and column not in R_WORDS:
            return column
        return "`" + column.replace("\\", "\\\\").replace("`", "\\`") + "`"

    @override
    def text(self, value: str) -> str:
        safe = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{safe}"'

    @override
    def date(self, value: dt.date) -> str:
        return f'as.Date("{value.isoformat()}")'

    @override
    def missing(self, operand: str) -> str:
        return f"is.na({operand})"

    @override
    def negated(self, condition: str) -> str:
        return f"!(({condition}) %in% TRUE)"

    @override
    def remark(self, line: str) -> str:
        return f"# {one_line(line)}"

    @override
    def make(self, name: str, value: str) -> str:
        return f"d${name} <- with(d, {value})"

    @override
    def flag(self, name: str, condition: str) -> str:
        return f"d${name} <- with(d, as.integer(({condition}) %in% TRUE))"

    @override
    def anew(self, name: str) -> tuple[str, ...]:
        del name
        return ()

    @override
    def variable(self, name: str, rest: str) -> str:
        return f'paste0(Sys.getenv("{name}"), {self.text(rest)})'

    @override
    def put(self, name: str, value: str, condition: str) -> str:
        return f"d${name}[with(d, which({condition}))] <- {value}"

    @override
    def least(self, name: str, column: str, condition: str) -> tuple[str, ...]:
        return (f"{name} <- with(d, min({column}[which({condition})]))",)

    @override
    def number(self, name: str) -> str:
        return name

    @override
    def keep(self, condition: str) -> str:
        return f"d <- subset(d, {condition})"

    @override
    def member(self, operand: str, values: list[str]) -> str:
        return f"({operand} %in% c({', '.join(values)}))"

    @override
    def floored(self, dividend: str, divisor: int) -> str:
        return f"(({dividend}) %/% {divisor})"
