"""Municipalities and offices that do not say when they began: counted, and unknown."""

from __future__ import annotations

from evaluation.data.registers.contract import Touched
from evaluation.data.registers.rules.contract import Step

RANK = 70


def apply(step: Step) -> tuple[Touched, ...]:
    """Count them; see ``contract.Rule``."""
    if step.table.name != "adoption":
        return ()
    (rows,) = step.row(
        f"SELECT count(*) FROM {step.relation} WHERE from_ym IS NULL AND to_ym IS NULL "
        "AND coalesce(status, 'unknown') = 'unknown'"
    )
    return step.touched("missing_adoption", "do not say when they began: unknown there", 0, rows)
