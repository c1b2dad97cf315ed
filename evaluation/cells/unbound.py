"""A relation without rows: what a spec alone says of its panel, to write queries from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from evaluation.cells.expressions.dated import with_dates
from evaluation.cells.plan import Plan
from evaluation.cells.relation import TYPES, ColumnFacts, Kind, Relation
from evaluation.spec.dates import dated_columns
from evaluation.spec.filters import Filter
from evaluation.spec.spec import Spec

# Kinds of outcomes whose values are whole numbers, and 0 or 1, whatever type a warehouse gives.
WHOLE = frozenset({"binary", "count"})
# A cast is written only between different types, and it must be: the warehouse's own are unknown.
CAST_FROM: dict[Kind, str] = {"integer": "int32", "float": "float32"}


def unbound_relation(spec: Spec, plan: Plan, name: tuple[str, ...]) -> Relation:
    """Return the panel as an Ibis table that is bound to nothing.

    Outcomes that are 0 or 1 or counts are read as whole numbers, other quantities and the weight
    as floats; what only stands in a key keeps the type it has.

    Parameters
    ----------
    spec
        Says of what kind outcomes are.
    plan
        Names the columns.
    name
        Name of the table, after schema and catalogue where it has them.
    """
    import ibis

    kinds = column_kinds(spec, plan)
    summed = _summed(spec, plan)
    types = {
        column: CAST_FROM.get(kind, TYPES[kind]) if column in summed else TYPES[kind]
        for column, kind in kinds.items()
    }
    *place, own = name
    schema, catalogue = (place[-1] if place else None), (place[0] if len(place) > 1 else None)
    table = ibis.table(types, name=own, database=schema, catalog=catalogue)
    casts: dict[str, Any] = {
        column: table[column].cast(TYPES[kinds[column]])
        for column in summed
        if kinds[column] in CAST_FROM
    }
    relation = Relation(
        table=table.mutate(**casts) if casts else table,
        columns={column: ColumnFacts(kind) for column, kind in kinds.items()},
        inputs={},
        engine="none",
    )
    return with_dates(relation, spec)


def column_kinds(spec: Spec, plan: Plan) -> dict[str, Kind]:
    """Return how every column of a plan is read, in the order in which the plan names it."""
    kinds: dict[str, Kind] = {}
    if plan.time is not None:
        dated = plan.calendar is not None and plan.calendar.unit == "date"
        kinds[plan.time] = "date" if dated else "integer"
    for one in _filters(plan):
        kinds.setdefault(one.column, _kind_of(one))
    if plan.exposure is not None:
        # Compared with the cutoff, as a donut's filter would.
        whole = plan.exposure.cutoff.is_integer()
        kinds.setdefault(plan.exposure.running, "integer" if whole else "float")
    flags = {flag.name for flag in plan.flags}
    keys = [name for one in plan.passes for name in one.key if name not in flags]
    for column in (*keys, *(one.point for one in plan.pairs)):
        kinds.setdefault(column, "text")
    # What is summed holds numbers, whatever else it serves.
    kinds.update(_summed(spec, plan))
    if plan.units is not None:
        kinds.setdefault(plan.units.unit, "text")
    if dated_columns(spec):
        kinds.setdefault(spec.panel.unit or "", "text")
    return kinds


def _summed(spec: Spec, plan: Plan) -> dict[str, Kind]:
    """Return the columns that are summed: controls and amounts as floats, so that no digit goes."""
    whole = {one.measured for one in spec.outcomes.values() if one.kind in WHOLE}
    treatment = getattr(spec.design, "treatment", None)
    whole |= {treatment.column} if treatment is not None else set()
    whole |= {one.first_stage for one in spec.smallest_effect_of_interest if one.first_stage}
    quantities = [one.quantities for one in plan.passes] + [one.quantities for one in plan.pairs]
    named = [quantity.column for several in quantities for quantity in several]
    named += [] if plan.weight is None else [plan.weight]
    # What is read at another month is made of the column itself.
    own = {one.name: one.column for one in dated_columns(spec).values()}
    kinds: dict[str, Kind] = {}
    for name in named:
        kinds.setdefault(own.get(name, name), "integer" if name in whole else "float")
    return kinds


def _filters(plan: Plan) -> Iterator[Filter]:
    for condition in plan.conditions:
        yield from condition.filters
    for flag in plan.flags:
        yield from flag.filters


def _kind_of(condition: Filter) -> Kind:
    """Return the kind of a column by what it is compared with."""
    wanted = [value for name, value in condition.conditions.items() if name != "missing"]
    items = [one for value in wanted for one in (value if isinstance(value, tuple) else (value,))]
    if any(isinstance(one, dt.date) for one in items):
        return "date"
    if not items or any(isinstance(one, str) for one in items):
        return "text"
    if all(isinstance(one, bool) for one in items):
        return "boolean"
    return "float" if any(isinstance(one, float) for one in items) else "integer"
