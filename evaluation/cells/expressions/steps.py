"""How far every row gets through the steps of the sample."""

from __future__ import annotations

from typing import Any

from evaluation.cells.expressions.rows import holds, with_flags
from evaluation.cells.expressions.values import without_nan
from evaluation.cells.plan import Plan
from evaluation.cells.relation import Relation

STEP = "ad_step"


def all_rows(relation: Relation, plan: Plan) -> Any:
    """Return every row of the panel with its flags and ``ad_step``: how many steps it passes.

    Rows of the sample are those whose step is the number of conditions.

    Parameters
    ----------
    relation
        The panel.
    plan
        Conditions and flags.
    """
    import ibis

    table = without_nan(relation.table, relation.columns)
    out = [(~holds(relation, plan, table, one), at) for at, one in enumerate(plan.conditions)]
    last = len(plan.conditions)
    step = ibis.cases(*out, else_=last) if out else ibis.literal(last)
    return with_flags(relation, plan, table.mutate(**{STEP: step.cast("int16")}))
