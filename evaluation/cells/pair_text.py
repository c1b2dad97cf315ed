"""Pair cells as one SELECT, for a warehouse: a join of units with themselves, not matrices."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from functools import reduce
from typing import Any

from evaluation.cells.centres import about, beside_rows, centre_name
from evaluation.cells.expressions.rows import sample_rows
from evaluation.cells.expressions.sums import term_of
from evaluation.cells.plan import PairPass, Plan
from evaluation.cells.planning.flags import DONUT
from evaluation.cells.relation import Relation
from evaluation.cells.store.pairs import (
    APART,
    FIRST,
    NEXT,
    POST,
    RUNNING,
    SECOND,
    THIRD,
    UNITS,
)

UNIT, POINT, SIDE, GROUP, VALUE = "ad_unit", "ad_point", "ad_side", "ad_group", "ad_value_"


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

    whole = dict.fromkeys(
        (name for name, f in relation.columns.items() if f.kind == "float"), False
    )
    own, centres = _by_unit(relation, plan, one, unit, whole)
    names = ("one", "y", *(quantity.name for quantity in one.quantities[1:]))
    place = [POINT, *_parts(one)]
    points = own.select(*place).distinct()
    # Row numbers count from 0, as positions do.
    points = points.mutate(ad_at=ibis.row_number().over(order_by=[points[key] for key in place]))
    placed = own.join(points, place)
    values = {f"{VALUE}{at}": placed[f"{VALUE}{at}"] for at in range(len(names))}
    parts = {key: placed[key] for key in _parts(one) if _parted(one)}
    placed = placed.select(ad_unit=placed[UNIT], ad_at=placed.ad_at, **parts, **values)
    pairs = _pairs(placed, names)
    follows = _successive(placed, ())
    every = points.cross_join(
        points.select(ad_second=points.ad_at), placed.aggregate(ad_units=placed[UNIT].nunique())
    )
    if centres:
        every = every.cross_join(own.aggregate(**{name: own[name].max() for name in centres}))
    third = {} if one.third is None else {THIRD: GROUP}
    every = every.rename({FIRST: "ad_at", RUNNING: POINT, POST: SIDE, **third})
    joined = _beside(_beside(every, pairs), follows)
    counts = [NEXT]
    if _parted(one):
        joined = _beside(joined, _successive(placed, tuple(parts)).rename({APART: NEXT}))
        counts.append(APART)
    sums = [f"ad_sum_{left}|{right}" for left in names for right in names]
    filled = {name: joined[name].fill_null(0) for name in (*sums, *counts)}
    kept = {name: joined[name] for name in (FIRST, SECOND, RUNNING, POST, *third, UNITS)}
    taken = {
        centre_name(names[at + 1]): joined[centre_name(quantity.name)]
        for at, quantity in enumerate(one.quantities)
        if centre_name(quantity.name) in centres
    }
    return joined.select(**kept, **filled, **taken)


def _parted(one: PairPass) -> bool:
    """Return whether points are parted at all."""
    return one.post is not None or one.third is not None


def _parts(one: PairPass) -> tuple[str, ...]:
    return (SIDE,) if one.third is None else (SIDE, GROUP)


def _beside(every: Any, some: Any) -> Any:
    """Return all pairs with what is known of some; columns named one by one, for a steady text."""
    joined = every.left_join(some, [FIRST, SECOND])
    return joined.select(
        *every.columns, *(one for one in some.columns if one not in (FIRST, SECOND))
    )


def _by_unit(
    relation: Relation, plan: Plan, one: PairPass, unit: str, whole: Mapping[str, bool]
) -> tuple[Any, tuple[str, ...]]:
    """Return what every unit has at every point: how many rows, and sums of each quantity.

    Beside them stand the centres of quantities that are no whole numbers, and their names.
    """
    import ibis

    read = [term_of(relation, relation.table, quantity, whole) for quantity in one.quantities]
    places = [at for at, term in enumerate(read) if not term.whole]
    centres = {at: centre_name(one.quantities[at].name) for at in places}
    table = sample_rows(beside_rows(relation, one.quantities, places, whole), plan)
    wanted = [table[flag] == 1 for flag in one.flags]
    wanted += [term_of(relation, table, one, whole).value.notnull() for one in one.quantities]
    wanted += [table[flag].notnull() for flag in (one.post, one.third) if flag is not None]
    # Rows that no model of the spec uses would part the points that have a donut between them.
    wanted += [table[DONUT] == 0 for flag in plan.flags if flag.name == DONUT]
    table = table.filter(reduce(operator.and_, [*wanted, table[one.point].notnull()]))
    terms = about(
        [term_of(relation, table, quantity, whole) for quantity in one.quantities],
        {at: table[name] for at, name in centres.items()},
    )
    side = ibis.literal(-1, "int64") if one.post is None else table[one.post].cast("int64")
    group = {} if one.third is None else {GROUP: table[one.third].cast("int64")}
    rows = table.select(
        **{UNIT: table[unit], POINT: table[one.point], SIDE: side, **group},
        **{f"{VALUE}{at}": term.value for at, term in enumerate(terms, start=1)},
        **{name: table[name] for name in centres.values()},
    )
    sums = {f"{VALUE}{at}": rows[f"{VALUE}{at}"].sum() for at in range(1, len(terms) + 1)}
    key = (UNIT, POINT, *_parts(one), *centres.values())
    counted = rows.group_by(*key).aggregate(**{f"{VALUE}0": rows.count()}, **sums)
    return counted, tuple(centres.values())


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


def _successive(placed: Any, parts: tuple[str, ...]) -> Any:
    """Return how many units are seen at a point, on the diagonal, and next at another.

    ``parts`` names what the other must share.
    """
    rows = placed.select(
        ad_first=placed.ad_at,
        ad_second=placed.ad_at.lead().over(
            group_by=[placed.ad_unit, *(placed[key] for key in parts)], order_by=placed.ad_at
        ),
    )
    here = rows.mutate(ad_second=rows.ad_first)
    both = here.union(rows.filter(rows.ad_second.notnull()))
    return both.group_by(FIRST, SECOND).aggregate(**{NEXT: both.count()})
