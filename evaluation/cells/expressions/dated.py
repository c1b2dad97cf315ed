"""Columns at another month as expressions: bits of the unit's words, or windows over its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from evaluation.cells.expressions.times import month_number
from evaluation.cells.expressions.unit_bits import hold_bits, is_bit
from evaluation.cells.expressions.values import facts_of
from evaluation.cells.relation import ColumnFacts, Relation
from evaluation.cells.settings import Settings
from evaluation.spec.dates import Dated, dated_columns
from evaluation.spec.spec import Spec

MONTH = "ad_month"


def with_dates(relation: Relation, spec: Spec, settings: Settings | None = None) -> Relation:
    """Return a relation that holds the columns that a spec reads so many months after each row.

    The value is that of the unit's row in that very month, as ``data/leads.py`` finds it, and null
    where there is none. Columns of 0 and 1 are looked up in words of bits by unit, where the engine
    holds a table of them; a window finds the others. Time is YYYYMM. Columns whose date differs
    from row to row are left out: models that want them run from the rows.

    Parameters
    ----------
    relation
        The panel, with the columns that the others are made of.
    spec
        Names them, the unit and the time.
    settings
        Limits of the engine; ``None`` where no row may be read yet, and all are windows.

    Raises
    ------
    DataError, EnvironmentProblem
        With what making the words shows.
    """
    wanted = {
        one.name: one
        for one in dated_columns(spec).values()
        if one.at_age is None and one.start is None and one.column in relation.columns
    }
    unit, time = spec.panel.unit, spec.panel.time
    if not wanted or unit is None or time is None:
        return relation
    panel = relation
    table = panel.table.mutate(**{MONTH: month_number(panel.table[time])})
    relation = replace(relation, table=table)
    bits = [name for name, one in wanted.items() if is_bit(relation, one.column)]
    held = None
    if bits and settings is not None:
        sources = tuple(dict.fromkeys(wanted[name].column for name in bits))
        held = hold_bits(relation, unit, time, MONTH, sources, settings)
    looked_up = [] if held is None else bits
    window = partial(_in_window, table, unit)
    rows = table.mutate(
        **{name: _value(one, window) for name, one in wanted.items() if name not in looked_up}
    )
    if held is not None:
        # After the windows: what they sort is to be as little as can be.
        rows = held.beside(rows)
        at = partial(held.at, rows)
        rows = rows.mutate(**{name: _value(wanted[name], at) for name in bits})
    kept = [name for name in table.columns if name != MONTH]
    facts = {} if held is None else held.facts(relation)
    facts |= {name: _facts(facts_of(relation, one.column), one) for name, one in wanted.items()}
    return panel.with_looked_up(
        rows.select(*kept, *wanted), {**relation.columns, **facts}, wanted.keys()
    )


def _value(one: Dated, at: Callable[[str, int], Any]) -> Any:
    """Return a column at its date, given what returns any column so many months later."""
    later = at(one.column, one.lead)
    if not one.change:
        return later
    kind = "float64" if later.type().is_floating() else "int64"
    return later.cast(kind) - at(one.column, one.lead - one.change).cast(kind)


def _in_window(table: Any, unit: str, column: str, months: int) -> Any:
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
