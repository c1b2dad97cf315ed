"""An outcome less the effect of its unit, where cells hold the effects of types alone."""

from __future__ import annotations

from dataclasses import replace

from evaluation.cells.cell_rows import CLUSTER, VALUE, cell_rows, with_cells
from evaluation.cells.engines import engine_of
from evaluation.cells.expressions.values import facts_of
from evaluation.cells.gathered import CellTable
from evaluation.cells.needs_rows import NeedsRows
from evaluation.cells.plan import Plan, Quantity
from evaluation.cells.relation import Relation
from evaluation.cells.settings import Settings
from evaluation.data.model_data import FloatArray, IntArray

UNIT, EFFECT, FITTED, LESS = "ad_unit", "ad_effect", "ad_fitted", "ad_less"


def without_unit_effects(
    relation: Relation,
    plan: Plan,
    settings: Settings,
    table: CellTable,
    outcome: Quantity,
    cells: IntArray,
    fitted: FloatArray,
) -> Relation:
    """Return the relation with ``ad_less``: the outcome less its unit's mean of it less fitted.

    The outcome's own column stays, for conditions of the sample may look at it. Units with no row
    in the cells are left out.

    Parameters
    ----------
    relation
        The panel with each row's type.
    plan, settings, table
        As for :func:`evaluation.cells.second_pass.open_second_pass`.
    outcome
        The outcome of the model.
    cells
        Positions of the model's cells in the table.
    fitted
        Their fitted values, shape ``(len(cells),)``.

    Raises
    ------
    NeedsRows
        Where the outcome is a logarithm.
    """
    if outcome.log:
        raise NeedsRows("units have effects, their rows lie in several clusters, and the outcome "
                        "is a logarithm")  # fmt: skip
    unit = "" if plan.units is None else plan.units.unit
    engine = engine_of(relation)
    rows = cell_rows(relation, plan, table, settings, (outcome.name,), (unit,))
    joined = with_cells(relation, rows, table, cells, {FITTED: fitted})
    left = joined[f"{VALUE}0"] - joined[FITTED]
    means = joined.group_by(**{UNIT: joined[f"{CLUSTER}0"]}).aggregate(**{EFFECT: left.mean()})
    found = engine.fetch(relation, means, settings, True)
    beside = engine.beside(relation, found.rename_columns([unit, EFFECT]), "ad_effects")
    both = relation.table.inner_join(beside, unit)
    less = both[outcome.column].cast("float64") - both[EFFECT]
    facts = facts_of(relation, outcome.column)
    plain = replace(facts, kind="float", low=None, high=None, whole=False)
    return replace(
        relation,
        table=both.mutate(**{LESS: less}).drop(EFFECT),
        columns={**relation.columns, LESS: plain},
    )
