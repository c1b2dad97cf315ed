"""Spells that reach beyond their source or the delivery: cut there."""

from __future__ import annotations

from evaluation.data.registers.contract import Temporality, Touched
from evaluation.data.registers.rules.contract import Step, first_day, last_day

RANK = 30


def apply(step: Step) -> tuple[Touched, ...]:
    """Cut them; see ``contract.Rule``."""
    table = step.table
    if table.spell is None or table.temporality is Temporality.REFERENCE:
        return ()
    start, end = step.ends()
    until = step.last if table.valid_to is None else min(step.last, table.valid_to)
    latest = str(until) if step.monthly() else last_day(until)
    late = f"{end} > {latest}"
    early, earliest = "FALSE", start
    if table.valid_from is not None:
        earliest = str(table.valid_from) if step.monthly() else first_day(table.valid_from)
        early = f"{start} < {earliest}"
    persons, rows = step.row(
        f"SELECT count(DISTINCT person), count(*) FROM {step.relation} WHERE {late} OR {early}"
    )
    if rows:
        step.connection.execute(
            f"UPDATE {step.relation} SET {end} = CASE WHEN {late} THEN {latest} ELSE {end} END, "
            f"{start} = CASE WHEN {early} THEN {earliest} ELSE {start} END WHERE {late} OR {early}"
        )
    return step.touched(
        "clipped", "reach beyond the period of source or delivery: cut there", persons, rows
    )
