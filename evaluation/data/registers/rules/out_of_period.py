"""Rows of months in which their source did not exist, or after the delivery's last: dropped."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from evaluation.data.registers.contract import Kind, Temporality, Touched
from evaluation.data.registers.rules.contract import Step, first_day, last_day
from evaluation.data.registers.sql import quoted

RANK = 20


def apply(step: Step) -> tuple[Touched, ...]:
    """Drop them; see ``contract.Rule``."""
    condition = _condition(step)
    if condition is None:
        return ()
    who = "count(DISTINCT person)" if step.personal else "0"
    persons, rows = step.row(f"SELECT {who}, count(*) FROM {step.relation} WHERE {condition}")
    if rows:
        step.connection.execute(f"DELETE FROM {step.relation} WHERE {condition}")
    return step.touched(
        "out_of_period", "wholly outside the period of source and delivery: dropped", persons, rows
    )


def _condition(step: Step) -> str | None:
    table = step.table
    if table.temporality in (Temporality.REFERENCE, Temporality.FIXED):
        return None
    if table.spell is not None:
        (first, last), kind = step.ends(), table.columns[table.spell[0]].kind
    else:
        moments = [c for c in table.key if table.columns[c].kind in _LEAST]
        if not moments:
            return None
        first = last = quoted(moments[0])
        kind = table.columns[moments[0]].kind
    # A spell may have begun before the delivery; one that begins after it is of no use.
    until = table.valid_to if table.valid_to is not None else step.last
    conditions = []
    if table.valid_to is not None or table.spell is not None:
        conditions.append(f"{first} > {_MOST[kind](min(until, step.last))}")
    if table.valid_from is not None:
        conditions.append(f"{last} < {_LEAST[kind](table.valid_from)}")
    return " OR ".join(conditions) or None


_LEAST: Mapping[Kind, Callable[[int], str]] = {
    Kind.MONTH: str,
    Kind.DATE: first_day,
    Kind.YEAR: lambda month: str(month // 12),
}
_MOST: Mapping[Kind, Callable[[int], str]] = {
    Kind.MONTH: str,
    Kind.DATE: last_day,
    Kind.YEAR: lambda month: str(month // 12),
}
