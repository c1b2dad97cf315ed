"""Persons whom the population register does not know: counted, without a row in the panel."""

from __future__ import annotations

from evaluation.data.registers.contract import Touched
from evaluation.data.registers.rules.contract import Step

RANK = 10


def apply(step: Step) -> tuple[Touched, ...]:
    """Count them; see ``contract.Rule``."""
    if not step.personal or step.table.name == "person":
        return ()
    persons, rows = step.row(
        f"SELECT count(DISTINCT person), count(*) FROM {step.relation} SEMI JOIN "
        "(SELECT person FROM persons WHERE NOT linked) USING (person)"
    )
    return step.touched(
        "unlinked", "not in the population register: no row in the panel", persons, rows
    )
