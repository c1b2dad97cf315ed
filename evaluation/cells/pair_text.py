"""Pair cells as one SELECT, for a warehouse: a join of units with themselves, not matrices."""

from __future__ import annotations

import operator
from functools import reduce
from typing import Any

from evaluation.cells.expressions.rows import sample_rows
from evaluation.cells.expressions.sums import term_of
from evaluation.cells.plan import PairPass, Plan
from evaluation.cells.relation import Relation
from evaluation.cells.store.pairs import FIRST, NEXT, POST, RUNNING, SECOND, UNITS

UNIT, POINT, SIDE, VALUE = "ad_unit", "ad_point", "ad_side", "ad_value_"


def pair_select(relation: Relation, plan: Plan, one: PairPass, unit: str) -> Any:
    """Return the pair cells of one pass as an Ibis table, in the columns that files of them have.

    Every pair of points has its row, zero where no unit is seen at both.

    Parameters
    ----------
    relation
        The panel, float columns taken to hold other than whole numbers.
    plan
        Conditions and flags; unweighted.
    one
        Rows and variables.
    unit
        Unit column.
    """
    import ibis

    own = _by_unit(relation, plan, one, unit)
    names = ("one", "y", *(quantity.name for quantity in one.quantities[1:]))
    points = own.select(POINT, SIDE).distinct()
    # Row numbers count from 0, as positions do.
    points = points.mutate(ad_at=ibis.row_number().over(order_by=[points[POINT], points[SIDE]]))
    placed = own.join(points, [POINT, SIDE])
    values = {f"{VALUE}{at}": placed[f"{VALUE}{at}"] for at in range(len(names))}
    placed = placed.select(ad_unit=placed[UNIT], ad_at=placed.ad_at, **values)
    pairs = _pairs(placed, names)
    follows = _successive(placed)
    every = points.cross_join(
        points.select(ad_second=points.ad_at), placed.aggregate(ad_units=placed[UNIT].nunique())
    )
    every = every.rename({FIRST: "ad_at", RUNNING: POINT, POST: SIDE})
    whole = _beside(_beside(every, pairs), follows)
    sums = [f"ad_sum_{left}|{right}" for left in names for right in names]
    filled = {name: whole[name].fill_null(0) for name in (*sums, NEXT)}
    kept = {name: whole[name] for name in (FIRST, SECOND, RUNNING, POST, UNITS)}
    return whole.select(**kept, **filled)


def _beside(every: Any, some: Any) -> Any:
    """Return all pairs with what is known of some; columns named one by one, for a steady text."""
    joined = every.left_join(some, [FIRST, SECOND])
    return joined.select(
        *every.columns, *(one for one in some.columns if one not in (FIRST, SECOND))
    )


def _by_unit(relation: Relation, plan: Plan, one: PairPass, unit: str) -> Any:
    """Return what every unit has at every point: how many rows, and sums of each quantity."""
    import ibis

    table = sample_rows(relation, plan)
    whole = dict.fromkeys(
        (name for name, f in relation.columns.items() if f.kind == "float"), False
    )
    wanted = [table[flag] == 1 for flag in one.flags]
    wanted += [term_of(relation, table, one, whole).value.notnull() for one in one.quantities]
    wanted += [table[one.post].notnull()] if one.post is not None else []
    table = table.filter(reduce(operator.and_, [*wanted, table[one.point].notnull()]))
    terms = [term_of(relation, table, quantity, whole).value for quantity in one.quantities]
    side = ibis.literal(-1, "int64") if one.post is None else table[one.post].cast("int64")
    rows = table.select(
        **{UNIT: table[unit], POINT: table[one.point], SIDE: side},
        **{f"{VALUE}{at}": value for at, value in enumerate(terms, start=1)},
    )
    sums = {f"{VALUE}{at}": rows[f"{VALUE}{at}"].sum() for at in range(1, len(terms) + 1)}
    return rows.group_by(UNIT, POINT, SIDE).aggregate(**{f"{VALUE}0": rows.count()}, **sums)


def _pairs(placed: Any, names: tuple[str, ...]) -> Any:
    """Return the sums of products over units, by the positions of two points."""
    other = placed.view()
    both = placed.join(other, placed.ad_unit == other.ad_unit)
    sides = {f"ad_left_{at}": placed[f"{VALUE}{at}"] for at in range(len(names))}
    sides |= {f"ad_right_{at}": other[f"{VALUE}{at}"] for at in range(len(names))}
    both = both.select(**{FIRST: placed.ad_at, SECOND: other.ad_at}, **sides)
    sums = {
        f"ad_sum_{left}|{right}": (both[f"ad_left_{a}"] * both[f"ad_right_{b}"]).sum()
        for a, left in enumerate(names)
        for b, right in enumerate(names)
    }
    return both.group_by(FIRST, SECOND).aggregate(**sums)


def _successive(placed: Any) -> Any:
    """Return how many units are seen at a point, on the diagonal, and next at another."""
    rows = placed.select(
        ad_first=placed.ad_at,
        ad_second=placed.ad_at.lead().over(group_by=placed.ad_unit, order_by=placed.ad_at),
    )
    here = rows.mutate(ad_second=rows.ad_first)
    both = here.union(rows.filter(rows.ad_second.notnull()))
    return both.group_by(FIRST, SECOND).aggregate(**{NEXT: both.count()})
