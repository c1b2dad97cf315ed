"""Joined columns as a left join in the engine: the panel's rows never leave it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from evaluation.cells.engines import engine_of
from evaluation.cells.engines.arrow import as_arrow, facts_of_array
from evaluation.cells.engines.footers import kind_of
from evaluation.cells.expressions.values import without_nan
from evaluation.cells.relation import ColumnFacts, Relation
from evaluation.cells.settings import Settings
from evaluation.data.joins.joining import Joining
from evaluation.data.joins.lookup import UNKNOWN, Lookup, lookup_of
from evaluation.spec.joined import joined_columns, match_column

KEY = "ad_join_key_"
TABLE = "ad_join_"


def with_joined(
    relation: Relation, joining: Joining, wanted: Iterable[str], settings: Settings
) -> Relation:
    """Return a relation with joined columns, the values that :class:`Joining` gives rows.

    Distinct keys of the panel are looked at first, so that what a frame refuses is refused here.

    Parameters
    ----------
    relation
        The panel, with the keys of every join that is wanted.
    joining
        The joins and their files.
    wanted
        Names of columns, joined or not.

    Raises
    ------
    DataError
        With what the joined files show.
    """
    spec = joining.spec
    for position in needed(joining, wanted):
        table = without_nan(relation.table, relation.columns)
        relation = replace(relation, table=table)
        on = list(spec.joins[position - 1].on)
        distinct = engine_of(relation).fetch(relation, table.select(*on).distinct(), settings)
        file = joining.files[position - 1]
        lookup = lookup_of(spec, position, file, distinct.to_pandas())
        relation = _joined(relation, lookup, position)
    return relation


def needed(joining: Joining, wanted: Iterable[str]) -> tuple[int, ...]:
    """Return the joins that some columns need, in order: keys of later ones may be joined."""
    names = set(wanted)
    found: list[int] = []
    joins = joining.spec.joins
    for position in range(len(joins), 0, -1):
        join = joins[position - 1]
        if names & {*join.columns, match_column(position)}:
            found.insert(0, position)
            names |= set(join.on)
    return tuple(found)


def keys_needed(joining: Joining, wanted: Iterable[str]) -> tuple[str, ...]:
    """Return the columns of the panel itself that the joins of some columns look up."""
    joined = joined_columns(joining.spec)
    named = (k for at in needed(joining, wanted) for k in joining.spec.joins[at - 1].on)
    return tuple(name for name in dict.fromkeys(named) if name not in joined)


def _joined(relation: Relation, lookup: Lookup, position: int) -> Relation:
    names = list(lookup.keys.columns)
    renamed = {name: f"{KEY}{position}_{at}" for at, name in enumerate(names)}
    frame = lookup.keys.rename(columns=renamed)
    frame = frame.assign(**{name: lookup.values[name] for name in lookup.values.columns})
    rows = as_arrow(frame.assign(**{lookup.matched: 1}))
    small = engine_of(relation).beside(relation, rows, f"{TABLE}{position}")
    left = relation.table
    same = [left[name] == small[key] for name, key in renamed.items()]
    both = left.left_join(small, same)
    chosen: dict[str, Any] = {name: both[name] for name in left.columns}
    facts = dict(relation.columns)
    for name in lookup.values.columns:
        kind = kind_of(rows.column(name).type, name, "joins")
        found = facts_of_array(rows.column(name), kind)
        chosen[name] = both[name]
        if lookup.unknown and found.kind == "text":
            chosen[name] = both[name].fill_null(UNKNOWN)
            facts[name] = ColumnFacts("text", nulls=0)
        else:
            facts[name] = found if lookup.every else replace(found, nulls=None)
    chosen[lookup.matched] = both[lookup.matched].fill_null(0).cast("int64")
    facts[lookup.matched] = ColumnFacts("integer", 0, 1, 0)
    names = [*lookup.values.columns, lookup.matched]
    return relation.with_looked_up(both.select(**chosen), facts, names)
