"""How many units every step of the sample leaves: the only thing asked of rows outside it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from evaluation.cells.engines import engine_of
from evaluation.cells.expressions.rows import named
from evaluation.cells.expressions.steps import STEP, all_rows
from evaluation.cells.expressions.values import facts_of, may_lack
from evaluation.cells.frames import sorted_frame
from evaluation.cells.plan import Plan, UnitPass
from evaluation.cells.relation import Relation
from evaluation.cells.settings import Settings
from evaluation.cells.time_pass import TimeFacts, left_after
from evaluation.errors import DataError

UNITS, LACKING = "ad_units", "ad_lacking"


def units_left(
    relation: Relation, plan: Plan, units: UnitPass, settings: Settings, times: TimeFacts
) -> tuple[int, ...] | None:
    """Return the units left after each step of the sample, all of them first.

    ``None`` where no step takes a row and every row has a unit: all steps then have the units of
    the sample, and the rows need no look.

    Parameters
    ----------
    relation, plan, settings
        As for :func:`evaluation.cells.cell_pass.run_cell_pass`.
    units
        Names the column.
    times
        Rows left after each step.

    Raises
    ------
    DataError
        Rows without a unit.
    """
    doubtful = may_lack(facts_of(relation, units.unit))
    if len(set(times.left)) == 1 and not doubtful:
        return None
    relation = relation.reading({units.unit} | named(plan.conditions))
    table = all_rows(relation, replace(plan, flags=()))
    sums: dict[str, Any] = {STEP: table[STEP].max()}
    if doubtful:
        sums[LACKING] = table[units.unit].isnull().cast("int64").sum()
    by_unit = table.group_by(ad_of=table[units.unit]).aggregate(**sums)
    counted = by_unit.group_by(list(sums)).aggregate(**{UNITS: by_unit.count()})
    kinds = sorted_frame(engine_of(relation).fetch(relation, counted, settings), tuple(sums))
    _refuse_missing(kinds, units.unit)
    return left_after(plan, kinds[STEP].to_numpy(np.int64), kinds[UNITS].to_numpy(np.int64))


def _refuse_missing(kinds: pd.DataFrame, unit: str) -> None:
    if LACKING not in kinds:
        return
    lacking = int((kinds[LACKING] * kinds[UNITS]).sum())
    if lacking:
        raise DataError(f"panel.unit {unit!r}: {lacking} rows lack a unit; complete them")
