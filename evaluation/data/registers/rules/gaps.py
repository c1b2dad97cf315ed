"""Time between two places lived in: the person is nowhere, and nothing is filled in."""

from __future__ import annotations

from evaluation.data.registers.contract import Touched
from evaluation.data.registers.rules.contract import Step

RANK = 60


def apply(step: Step) -> tuple[Touched, ...]:
    """Count them; see ``contract.Rule``."""
    if step.table.name != "residence":
        return ()
    start, end = step.ends()
    persons, rows = step.row(
        "SELECT count(DISTINCT person), count(*) FROM (SELECT person, "
        f"person = lag(person) OVER () AND {start} > lag({end}) OVER () + 1 AS gap "
        f"FROM {step.relation}) WHERE gap"
    )
    return step.touched(
        "gaps", "lived nowhere before this: no row in the panel for that time", persons, rows
    )
