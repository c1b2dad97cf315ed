"""Columns at another month as expressions: windows over the rows of a unit, in order of time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from evaluation.cells.expressions.times import month_number
from evaluation.cells.expressions.values import facts_of
from evaluation.cells.relation import ColumnFacts, Relation
from evaluation.spec.dates import Dated, dated_columns
from evaluation.spec.spec import Spec

MONTH = "ad_month"


def with_dates(relation: Relation, spec: Spec) -> Relation:
    """Return a relation that holds the columns that a spec reads so many months after each row.

    A window finds the unit's row in that very month, as ``data/leads.py`` does, and the value is
    null where there is none. Time is YYYYMM. Columns whose date differs from row to row are left
    out: models that want them run from the rows.

    Parameters
    ----------
    relation
        The panel, with the columns that the others are made of.
    spec
        Names them, the unit and the time.
    """
    wanted = {
        one.name: one
        for one in dated_columns(spec).values()
        if one.at_age is None and one.start is None and one.column in relation.columns
    }
    unit, time = spec.panel.unit, spec.panel.time
    if not wanted or unit is None or time is None:
        return relation
    table = relation.table.mutate(**{MONTH: month_number(relation.table[time])})
    found = {name: _value(table, unit, one) for name, one in wanted.items()}
    facts = {name: _facts(facts_of(relation, one.column), one) for name, one in wanted.items()}
    return replace(
        relation,
        table=table.mutate(**found).drop(MONTH),
        columns={**relation.columns, **facts},
    )


def _value(table: Any, unit: str, one: Dated) -> Any:
    later = _at(table, unit, one.column, one.lead)
    if not one.change:
        return later
    kind = table[one.column].type()
    kind = "float64" if kind.is_floating() else "int64"
    return later.cast(kind) - _at(table, unit, one.column, one.lead - one.change).cast(kind)


def _at(table: Any, unit: str, column: str, months: int) -> Any:
    """Return a column in another month of the same unit."""
    import ibis

    if not months:
        return table[column]
    frame = {"following": (months, months)} if months > 0 else {"preceding": (-months, -months)}
    window = ibis.range_window(group_by=table[unit], order_by=table[MONTH], **frame)
    return table[column].max().over(window)


def _facts(facts: ColumnFacts, one: Dated) -> ColumnFacts:
    """Return what is known of a column at another month: its bounds, not what is missing."""
    if facts.low is None or facts.high is None:
        return replace(facts, nulls=None)
    if not one.change:
        return replace(facts, nulls=None)
    span = facts.high - facts.low
    kind = "integer" if facts.kind == "boolean" else facts.kind
    return replace(facts, kind=kind, low=-span, high=span, nulls=None)
