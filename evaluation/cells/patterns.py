"""Kinds of row: what a row lacks and which flags it satisfies, one bit each."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from functools import reduce
from typing import Any

from evaluation.cells.engines import engine_of
from evaluation.cells.expressions.values import facts_of, may_lack
from evaluation.cells.plan import Plan
from evaluation.cells.relation import Relation
from evaluation.cells.settings import Settings

MOST = 62
UNKNOWN = -1


@dataclass(frozen=True)
class Patterns:
    """The kinds of row that occur in the sample.

    Attributes
    ----------
    codes
        Code of each kind as :func:`code_of` writes it, ascending.
    kinds
        Mask of missing values, then the value of every flag, -1 for null.
    """

    codes: tuple[int, ...]
    kinds: tuple[tuple[int, ...], ...]


def tells_kinds(relation: Relation, plan: Plan) -> bool:
    """Say whether one number can tell the kinds of row apart."""
    return len(_lacking(relation, plan)) + 2 * len(plan.flags) <= MOST


def find_patterns(
    relation: Relation, plan: Plan, codes: Any, settings: Settings
) -> Patterns | None:
    """Return the kinds of row that occur, ``None`` where there are more than 62.

    Parameters
    ----------
    relation, plan, settings
        As for :func:`evaluation.cells.cell_pass.run_cell_pass`.
    codes
        Ibis table of one column: codes of rows of the sample, as :func:`code_of` writes them.
    """
    found = engine_of(relation).fetch(relation, codes.distinct().limit(MOST + 1), settings)
    if found.num_rows > MOST:
        return None
    ordered = tuple(sorted(int(one) for one in found.column(0).to_pylist()))
    return Patterns(ordered, tuple(_kind(relation, plan, code) for code in ordered))


def code_of(relation: Relation, plan: Plan, table: Any) -> Any:
    """Return one number for each kind of row: two bits a flag, then one for each possible lack."""
    import ibis

    parts = []
    for at, flag in enumerate(plan.flags):
        value = table[flag.name].cast("int64").fill_null(2)
        parts.append(value * 4**at)
    first = 4 ** len(plan.flags)
    for at, column in enumerate(_lacking(relation, plan)):
        lacks = table[column].isnull()
        if column == plan.weight:
            # A row that weighs nothing is in no model, like one without a weight.
            lacks = ~(table[column] > 0).fill_null(False)
        parts.append(lacks.cast("int64") * (first * 2**at))
    return reduce(operator.add, parts) if parts else ibis.literal(0, "int64")


def bit_of(patterns: Patterns, code: Any) -> Any:
    """Return the bit of a row's kind."""
    import ibis

    if len(patterns.codes) == 1:
        return ibis.literal(1, "int64")
    cases = [(code == one, ibis.literal(2**at, "int64")) for at, one in enumerate(patterns.codes)]
    return ibis.cases(*cases, else_=ibis.literal(0, "int64"))


def _lacking(relation: Relation, plan: Plan) -> list[str]:
    return [one for one in plan.watched if one == plan.weight or may_lack(facts_of(relation, one))]


def _kind(relation: Relation, plan: Plan, code: int) -> tuple[int, ...]:
    flags = []
    for _ in plan.flags:
        code, digit = divmod(code, 4)
        flags.append(UNKNOWN if digit == 2 else digit)
    mask = sum(
        1 << plan.watched.index(column)
        for at, column in enumerate(_lacking(relation, plan))
        if code >> at & 1
    )
    return (mask, *flags)
