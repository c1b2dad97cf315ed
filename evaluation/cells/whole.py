"""Which floating-point columns hold whole numbers alone, so that their sums are exact."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.cells.engines import engine_of
from evaluation.cells.expressions.sums import LARGEST_WHOLE_FLOAT
from evaluation.cells.expressions.values import without_nan
from evaluation.cells.plan import Plan, Quantity
from evaluation.cells.relation import Relation
from evaluation.cells.settings import Settings


def whole_columns(
    relation: Relation, plan: Plan, quantities: Sequence[Quantity], settings: Settings
) -> dict[str, bool]:
    """Return, for every float column that a pass sums, whether its values are whole numbers.

    Whole numbers with missing values lie in float columns of frames; amounts do not. The search
    ends at the first value that is not whole.

    Parameters
    ----------
    relation
        The panel.
    plan
        Names the weight.
    quantities
        What the pass sums.
    settings
        Limits of the engine.
    """
    named = [quantity.column for quantity in quantities if not quantity.log]
    named += [] if plan.weight is None else [plan.weight]
    found: dict[str, bool] = {}
    for column in dict.fromkeys(named):
        facts = relation.columns.get(column)
        if facts is None or facts.kind != "float":
            continue
        found[column] = (
            _is_whole(relation, column, settings) if facts.whole is None else facts.whole
        )
    return found


def _is_whole(relation: Relation, column: str, settings: Settings) -> bool:
    import ibis

    values = without_nan(relation.table.select(column), {column: relation.columns[column]})
    value = values[column].cast("float64")
    # The floor is an integer of 64 bits: infinite and huge values have none.
    small = ibis.cases((value.abs() > LARGEST_WHOLE_FLOAT, 0.5), else_=value)
    other = values.filter(small != small.floor())
    return not engine_of(relation).fetch(relation, other.limit(1), settings).num_rows
