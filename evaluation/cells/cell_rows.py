"""Rows of the sample joined to the cells that they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from evaluation.cells.engines import engine_of
from evaluation.cells.expressions.keyed import keyed_rows
from evaluation.cells.expressions.values import facts_of, may_lack
from evaluation.cells.gathered import CellTable
from evaluation.cells.plan import MISSING, PREFIX, Plan
from evaluation.cells.relation import Relation
from evaluation.cells.settings import Settings
from evaluation.cells.whole import whole_columns
from evaluation.data.model_data import FloatArray, IntArray
from evaluation.errors import DataError

CELL, WEIGHT = "ad_cell", "ad_w"
KEY, OTHER_KEY, VALUE, CLUSTER = "ad_k_", "ad_j_", "ad_v_", "ad_c_"


@dataclass(frozen=True)
class CellRows:
    """Rows of the sample, narrowed to what scores are made of.

    Attributes
    ----------
    table
        Ibis table: the key as ``ad_k_0``, ``ad_k_1``, ... with what is missing last, values as
        ``ad_v_0``, ..., weight as ``ad_w`` (1 without), clusters as ``ad_c_0``, ...; values and
        weight are floats.
    bounds
        Largest absolute value where it is known, by column of ``table``.
    nullable
        Whether each key column may be null, in order.
    """

    table: Any
    bounds: Mapping[str, float | None]
    nullable: tuple[bool, ...]


def cell_rows(
    relation: Relation,
    plan: Plan,
    table: CellTable,
    settings: Settings,
    names: Sequence[str],
    clusters: Sequence[str],
    centres: Mapping[str, float] = MappingProxyType({}),
) -> CellRows:
    """Return the rows of the sample with the key of their cell.

    Parameters
    ----------
    relation, plan, settings
        As for :func:`evaluation.cells.cell_pass.run_cell_pass`.
    table
        The cells.
    names
        Quantities of the pass.
    clusters
        Columns of the panel.
    centres
        What is taken off quantities, by name.

    Raises
    ------
    DataError
        Where the pass does not hold a quantity, or the panel a cluster.
    """
    import ibis

    made = table.made
    rows = keyed_rows(
        relation, plan, made, whole_columns(relation, plan, made.quantities, settings)
    )
    held = {quantity.name: term for quantity, term in zip(made.quantities, rows.terms, strict=True)}
    chosen: dict[str, Any] = {f"{KEY}{at}": rows.table[name] for at, name in enumerate(made.key)}
    missing = ibis.literal(0, "int64") if rows.missing is None else rows.missing
    chosen[f"{KEY}{len(made.key)}"] = missing
    bounds: dict[str, float | None] = {WEIGHT: 1.0}
    for at, name in enumerate(names):
        if name not in held:
            raise DataError(f"cells: {made.name} does not hold {name!r}")
        value, centre = held[name].value.cast("float64"), centres.get(name, 0.0)
        chosen[f"{VALUE}{at}"] = value - centre if centre else value
        bound = None if centre else held[name].bound
        bounds[f"{VALUE}{at}"] = None if bound is None else float(bound)
    weight = rows.weight
    chosen[WEIGHT] = ibis.literal(1.0) if weight is None else weight.value.cast("float64")
    if weight is not None:
        bounds[WEIGHT] = None if weight.bound is None else float(weight.bound)
    for at, name in enumerate(clusters):
        facts_of(relation, name)
        chosen[f"{CLUSTER}{at}"] = rows.table[name]
    nullable = tuple(
        name.startswith(PREFIX) or may_lack(facts_of(relation, name)) for name in made.key
    )
    return CellRows(rows.table.select(**chosen), bounds, (*nullable, False))


def with_cells(
    relation: Relation,
    rows: CellRows,
    table: CellTable,
    cells: IntArray,
    columns: Mapping[str, FloatArray],
) -> Any:
    """Return the rows of some cells, with ``ad_cell`` and columns of the cells.

    Parameters
    ----------
    relation
        The panel.
    rows
        Rows of the sample.
    table
        The cells of a pass.
    cells
        Positions in the table's frame: those whose rows are meant; ``ad_cell`` counts them.
    columns
        Further columns of these cells, each of shape ``(len(cells),)``.
    """
    import pyarrow as pa

    frame = table.frame
    beside: dict[str, Any] = {}
    for at, name in enumerate((*table.made.key, MISSING)):
        kind = rows.table[f"{KEY}{at}"].type().to_pyarrow()
        values = pa.Array.from_pandas(frame[name].iloc[cells])
        beside[f"{OTHER_KEY}{at}"] = values.cast(kind)
    beside[CELL] = pa.array(np.arange(len(cells), dtype=np.int64))
    beside |= {name: pa.array(values) for name, values in columns.items()}
    small = engine_of(relation).beside(relation, pa.table(beside), "ad_cells")
    # A view, for rows that are a join already: its constants would not be found in a further one.
    left = rows.table.view()
    same = [
        left[f"{KEY}{at}"].identical_to(small[f"{OTHER_KEY}{at}"])
        if lacks
        else left[f"{KEY}{at}"] == small[f"{OTHER_KEY}{at}"]
        for at, lacks in enumerate(rows.nullable)
    ]
    return left.join(small, same)
