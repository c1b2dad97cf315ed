"""Why cells answer no model of a spec, from their keys and sums alone."""

from __future__ import annotations

from pathlib import Path

from evaluation.cells.store.kept import read_kept
from evaluation.cells.store.lacking import lacking, rows_left_out
from evaluation.estimators.supplying import plan_of
from evaluation.spec.spec import Spec


def unanswered(spec: Spec, cells: Path) -> str:
    """Return why cells answer no model of a spec; empty where they answer one.

    Parameters
    ----------
    spec
        What is asked.
    cells
        Folder of cells in the format of the store.

    Raises
    ------
    DataError
        Where the cells are damaged.
    """
    kept = read_kept(cells)
    plan = plan_of(spec)(kept.facts.columns or None)
    if step := rows_left_out(plan, kept):
        return f"the cells were built from fewer rows ({step})"
    if not plan.passes:
        reasons = (route.reason for route in plan.routes if route.reason)
        return f"no model runs from cells ({'; '.join(dict.fromkeys(reasons))})"
    lacks = [lacking(plan, one, kept) for one in plan.passes]
    return "; ".join(dict.fromkeys(lacks)) if all(lacks) else ""
