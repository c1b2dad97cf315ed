"""Derived columns in queries, where each follows from its own row or from sums over its group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from evaluation.cells.expressions.grouped import with_groups, without_groups
from evaluation.cells.expressions.times import period_index
from evaluation.cells.expressions.values import without_nan
from evaluation.cells.planning.calendar import spec_calendar
from evaluation.cells.relation import TYPES, ColumnFacts, Kind, Relation
from evaluation.cells.settings import Settings
from evaluation.data.derive.contract import Queried
from evaluation.data.derive.registry import operation, row_wise
from evaluation.data.periods import Calendar
from evaluation.errors import DataError
from evaluation.spec.derived import inputs_of
from evaluation.spec.spec import Spec


def with_derived(
    relation: Relation, spec: Spec, made: tuple[str, ...], settings: Settings | None
) -> Relation | None:
    """Return a relation with derived columns, ``None`` where a query cannot work one of them out.

    Parameters
    ----------
    relation
        The panel, with every column that the derived ones are made of.
    spec
        Says how each is derived.
    made
        Their names, each after those that it is made of.
    settings
        Limits of the engine, which sums rows where a column follows from its group; ``None`` for
        a table without rows, where such a column is of numbers, all missing.

    Raises
    ------
    DataError
        Where a column is of another kind than an operation takes.
    """
    table = without_nan(relation.table, relation.columns)
    found: Relation | None = replace(relation, table=table)
    calendar = spec_calendar(spec, relation.columns)
    for name in made:
        if found is None:
            return None
        if row_wise(spec.derive[name].op) is not None:
            found = _with_expression(found, spec, name, calendar)
            continue
        rows = _rows(found, spec, name, calendar)
        if settings is not None:
            found = with_groups(found, spec, name, rows, settings)
        else:
            found = without_groups(found, spec, name, rows)
    return found


def facts_with_derived(
    spec: Spec, columns: Mapping[str, ColumnFacts], made: tuple[str, ...]
) -> dict[str, ColumnFacts] | None:
    """Return what is known of columns and those derived from them, before any row is read.

    Parameters
    ----------
    spec, made
        As for :func:`with_derived`.
    columns
        Facts of what they are made of.

    Returns
    -------
    dict[str, ColumnFacts] | None
        ``None`` where one of them shows only on rows.

    Raises
    ------
    DataError
        Where a column is of another kind than an operation takes.
    """
    import ibis

    table = ibis.table({name: TYPES[facts.kind] for name, facts in columns.items()}, name="panel")
    relation = Relation(table, columns, {}, "none")
    found = with_derived(relation, spec, made, None) if made else relation
    return None if found is None else dict(found.columns)


def _rows(relation: Relation, spec: Spec, name: str, calendar: Calendar | None) -> Queried:
    """Return what a derived column is made of."""
    one, table = spec.derive[name], relation.table
    columns = {column: table[column] for column in inputs_of(one)}
    timed = "time" in operation(one.op).NEEDS
    time = _time(table, spec, calendar) if timed else None
    dated = calendar is not None and calendar.unit != "integer"
    return Queried(columns, f"derive.{name}", time, dated)


def _with_expression(
    relation: Relation, spec: Spec, name: str, calendar: Calendar | None
) -> Relation | None:
    """Return a relation with a column that follows from its own row."""
    one = spec.derive[name]
    op = row_wise(one.op)
    value = None if op is None else op.express(_rows(relation, spec, name, calendar), one.options)
    if op is None or value is None:
        return None
    made = replace(
        relation,
        table=relation.table.mutate(**{name: value}),
        columns={**relation.columns, name: _facts(value, op.bounds(one.options))},
    )
    if relation.without is None:
        return made
    if relation.looked_up & {*inputs_of(one)}:
        return replace(made, looked_up=relation.looked_up | {name})
    narrow = _with_expression(relation.reading(()), spec, name, calendar)
    return None if narrow is None else replace(made, without=narrow.table)


def _time(table: Any, spec: Spec, calendar: Calendar | None) -> Any:
    """Return months since year 0, or the whole numbers of time."""
    if spec.panel.time is None or calendar is None:
        raise DataError("panel.time: is missing")
    values = table[spec.panel.time]
    if calendar.unit == "date":
        dates = values if values.type().is_date() else values.cast("date")
        return period_index(dates, Calendar("date", 1))
    return period_index(values.cast("int64"), Calendar(calendar.unit, min(calendar.months, 1)))


def _facts(value: Any, bounds: tuple[int, int] | None) -> ColumnFacts:
    kind = value.type()
    tests: tuple[tuple[Kind, bool], ...] = (
        ("text", kind.is_string()),
        ("boolean", kind.is_boolean()),
        ("integer", kind.is_integer()),
    )
    name: Kind = next((name for name, holds in tests if holds), "float")
    low, high = (None, None) if bounds is None or name != "integer" else bounds
    return ColumnFacts(name, low, high)
