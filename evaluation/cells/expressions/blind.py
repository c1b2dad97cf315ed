"""Rows whose measurements were given to other units, as a query: see ``data/blind.py``."""

from __future__ import annotations

from typing import Any

from evaluation.cells.engines import engine_of
from evaluation.cells.relation import Relation
from evaluation.cells.settings import Settings
from evaluation.data.blind import alone
from evaluation.spec.blinding import GROUPS, Blinding


def can_blind(relation: Relation, blinding: Blinding) -> bool:
    """Whether a query mixes the rows as ``data/blind.py`` does.

    Names of units must read the same everywhere, and a row be the only one of its unit and period:
    whole numbers and text do, days of a month do not.
    """
    unit, time = blinding.unit, blinding.time
    if unit is None or time is None or relation.engine != "duckdb":
        return False
    facts = relation.columns
    return facts[unit].kind in ("integer", "text") and facts[time].kind == "integer"


def with_blind(relation: Relation, blinding: Blinding, settings: Settings) -> Relation:
    """Return the relation with every row's measurements taken from the next in its circle.

    Parameters
    ----------
    relation
        The panel, with unit and time.
    blinding
        Which columns stay and which move.
    settings
        Limits of the engine.

    Raises
    ------
    DataError
        Where a period has one unit alone.
    """
    import ibis

    table = relation.table
    names = tuple(table.columns)
    moving = {group: [name for name in names if blinding.group(name) == group] for group in GROUPS}
    if not any(moving.values()):
        return relation
    unit, time = table[str(blinding.unit)], table[str(blinding.time)]
    counted = table.group_by(period=time).aggregate(held=table.count())
    lonely = counted.aggregate(periods=(counted["held"] == 1).sum())
    found = engine_of(relation).fetch(relation, lonely, settings).to_pylist()[0]["periods"]
    if found:
        raise alone(int(found))
    within = ibis.window(group_by=time)
    taken: dict[str, Any] = {}
    for group in GROUPS:
        if not moving[group]:
            continue
        drawn = (ibis.literal(blinding.salt(group)) + unit.cast("string")).hexdigest("md5")
        circle = ibis.window(group_by=time, order_by=drawn)
        row = ibis.struct({name: table[name] for name in moving[group]})
        last = ibis.row_number().over(circle) == table.count().over(within) - 1
        first = row.first(include_null=True).over(circle)
        taken[f"ad_{group}"] = ibis.ifelse(last, first, row.lead(1).over(circle))
    mixed = table.mutate(**taken)
    columns = {
        name: mixed[name] if group is None else mixed[f"ad_{group}"][name]
        for name in names
        for group in (blinding.group(name),)
    }
    return Relation(mixed.select(**columns), relation.columns, relation.inputs, relation.engine)
