"""Derived columns as expressions, where each follows from its own row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.cells.expressions.times import period_index
from evaluation.cells.expressions.values import without_nan
from evaluation.cells.planning.calendar import spec_calendar
from evaluation.cells.relation import ColumnFacts, Kind, Relation
from evaluation.data.derive.contract import Queried
from evaluation.data.derive.registry import operation, row_wise
from evaluation.data.periods import Calendar
from evaluation.errors import DataError
from evaluation.spec.derived import inputs_of
from evaluation.spec.spec import Spec


def with_derived(relation: Relation, spec: Spec, made: tuple[str, ...]) -> Relation | None:
    """Return a relation with derived columns, ``None`` where a query cannot work one of them out.

    Parameters
    ----------
    relation
        The panel, with every column that the derived ones are made of.
    spec
        Says how each is derived.
    made
        Their names, each after those that it is made of.

    Raises
    ------
    DataError
        Where a column is of another kind than an operation takes.
    """
    table, facts = without_nan(relation.table, relation.columns), dict(relation.columns)
    calendar = spec_calendar(spec, facts)
    for name in made:
        one = spec.derive[name]
        found = row_wise(one.op)
        if found is None:
            return None
        columns = {column: table[column] for column in inputs_of(one)}
        timed = "time" in operation(one.op).NEEDS
        time = _time(table, spec, calendar, facts) if timed else None
        dated = calendar is not None and calendar.unit != "integer"
        value = found.express(Queried(columns, f"derive.{name}", time, dated), one.options)
        if value is None:
            return None
        facts[name] = _facts(value, found.bounds(one.options))
        table = table.mutate(**{name: value})
    return Relation(table, facts, relation.inputs, relation.engine)


def _time(
    table: Any, spec: Spec, calendar: Calendar | None, facts: Mapping[str, ColumnFacts]
) -> Any:
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
