"""A derived column that follows from its row's group: summed by group, then looked up by row."""

from __future__ import annotations

from dataclasses import replace

from evaluation.cells.engines import engine_of
from evaluation.cells.engines.arrow import facts_of_array
from evaluation.cells.relation import ColumnFacts, Relation
from evaluation.cells.settings import Settings
from evaluation.data.derive.contract import Queried
from evaluation.data.derive.registry import grouped
from evaluation.errors import DataError
from evaluation.spec.spec import Spec

GROUP, VALUE, TABLE = "ad_group", "ad_group_value_", "ad_group_table_"


def with_groups(
    relation: Relation, spec: Spec, name: str, rows: Queried, settings: Settings
) -> Relation | None:
    """Return a relation with one derived column, a left join of a small table of groups.

    The table is made by one GROUP BY over every row of the panel, so that a panel of any length is
    read where it lies; of units, it has a row each.

    Parameters
    ----------
    relation
        The panel, without NaN in any column.
    spec
        Says how the column is derived.
    name
        The derived column.
    rows
        What it is made of.
    settings
        Limits of the engine.

    Returns
    -------
    Relation | None
        ``None`` where the value hangs on the order in which rows are summed.

    Raises
    ------
    DataError
        With what the rows show.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    one = spec.derive[name]
    found = grouped(one.op)
    if found is None:
        return None
    asked = found.grouping(rows, one.options)
    by = asked.by or spec.panel.unit
    if by is None:
        raise DataError(f"{rows.where}: needs panel.unit")
    table, engine = relation.table, engine_of(relation)
    query = table.filter(asked.counted).group_by(**{GROUP: table[by]}).aggregate(**asked.sums)
    sums = engine.fetch(relation, query, settings)
    values = found.of_groups(sums.drop_columns([GROUP]).to_pandas(), rows.where, one.options)
    if values is None:
        return None
    at = list(spec.derive).index(name)
    key, value = f"{GROUP}_{at}", f"{VALUE}{at}"
    made = pa.table({key: sums.column(GROUP), value: pa.array(values, from_pandas=True)})
    made = made.filter(pc.is_valid(made.column(key)))
    small = engine.beside(relation, made, f"{TABLE}{at}")
    both = table.left_join(small, table[by] == small[key])
    chosen = {column: both[column] for column in table.columns}
    # A row whose group has no sums finds none.
    facts = replace(facts_of_array(made.column(value), "float"), nulls=None)
    return relation.with_looked_up(
        both.select(**chosen, **{name: both[value]}), {**relation.columns, name: facts}, [name]
    )


def without_groups(relation: Relation, spec: Spec, name: str, rows: Queried) -> Relation | None:
    """Return a relation that has no rows with the column: numbers, none of them known.

    Parameters
    ----------
    relation, spec, name, rows
        As for :func:`with_groups`.

    Raises
    ------
    DataError
        Where a column is of another kind than the operation takes.
    """
    import ibis

    one = spec.derive[name]
    found = grouped(one.op)
    if found is None:
        return None
    found.grouping(rows, one.options)
    return replace(
        relation,
        table=relation.table.mutate(**{name: ibis.null("float64")}),
        columns={**relation.columns, name: ColumnFacts("float")},
    )
