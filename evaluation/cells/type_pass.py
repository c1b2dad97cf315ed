"""Cells by type of unit and moment: what effects of every unit need, from one pass over the rows.

Where every quantity is 0 or 1 the histories hold it too, and one scan suffices. Other quantities
are summed by a second one, with each row joined to its unit's type.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from evaluation.cells.cell_pass import run_cell_pass
from evaluation.cells.centres import CENTRE, centre_in, centre_name
from evaluation.cells.engines import engine_of
from evaluation.cells.gathered import CellTable
from evaluation.cells.histories import SUM, Histories, key_frame, missing_mask, read_histories
from evaluation.cells.plan import MISSING, ROWS, TYPE, CellPass, Plan
from evaluation.cells.relation import ColumnFacts, Relation
from evaluation.cells.settings import Settings
from evaluation.cells.types import Types, number_of_cells, type_cells, types_of
from evaluation.cells.words import Words
from evaluation.data.model_data import IntArray
from evaluation.data.plain import plain_columns
from evaluation.errors import DataError

UNITS = "ad_units"
TOTAL = "ad_sum_"
TYPES_TABLE = "ad_types"


def run_type_pass(relation: Relation, plan: Plan, one: CellPass, settings: Settings) -> CellTable:
    """Return the cells of a pass with ``unit_types``.

    Beside the columns of :class:`CellPass` stand ``ad_type``, numbered from 0 in the order of the
    histories, and ``ad_units``, the units of the cell's type.

    Parameters
    ----------
    relation
        The panel.
    plan
        Conditions and flags; unweighted.
    one
        Key and sums.
    settings
        Limits of the engine.

    Raises
    ------
    DataError
        Where a unit has two rows at one time, or there are more cells than
        ``settings.most_cells``.
    """
    one = one if TYPE in one.key else replace(one, key=(TYPE, *one.key))
    histories = read_histories(relation, plan, one, settings)
    words = histories.words
    types = types_of(words, histories.signature)
    _require_few(number_of_cells(words, types), len(types.units), words.units, one, settings)
    bits = {name: words.bits[SUM + name] for name in _binary_names(one, histories)}
    for name, (left, right) in _binary_products(one, histories).items():
        bits[name] = words.bits[SUM + left] & words.bits[SUM + right]
    cells = type_cells(words, types, bits)
    frame = key_frame(relation, plan, one, histories, types, cells)
    of_cell = types.group_type[cells.group]
    frame[MISSING] = missing_mask(one, words, types.first[cells.group], cells.bit)
    frame[ROWS] = types.units[of_cell]
    for name, counts in cells.sums.items():
        frame[TOTAL + name] = counts
    notes: tuple[str, ...] = ()
    if len(histories.binary) < len(one.quantities):
        frame, notes = _with_sums(relation, plan, one, settings, histories, types, frame)
    frame[UNITS] = types.units[of_cell]
    named = _sums(one)
    columns = [*one.key, MISSING, ROWS, *(TOTAL + name for name in named), UNITS]
    columns += [str(name) for name in frame if str(name).startswith(CENTRE)]
    ordered = frame.sort_values([*one.key, MISSING], kind="stable", na_position="last")
    return CellTable(one, plan.conditions, plain_columns(ordered[columns]), notes)


def _require_few(cells: int, types: int, units: int, one: CellPass, settings: Settings) -> None:
    if cells > settings.most_cells:
        raise DataError(
            f"cells: {one.name} would have {cells} cells of {types} types among {units} units, "
            f"and {settings.most_cells} are the most: leave controls out that change from month to "
            "month, cluster in a second pass, or run from microdata"
        )


def _sums(one: CellPass) -> dict[str, tuple[int, ...]]:
    """Return the positions of quantities whose product is summed, by the name of the sum."""
    wanted = [*((at,) for at in range(len(one.quantities))), *one.products]
    return {"_".join(one.quantities[at].name for at in members): members for members in wanted}


def _binary_names(one: CellPass, histories: Histories) -> tuple[str, ...]:
    return tuple(one.quantities[at].name for at in histories.binary)


def _binary_products(one: CellPass, histories: Histories) -> dict[str, tuple[str, str]]:
    """Return the two factors of products of 0 and 1, by the name of the sum."""
    names = [quantity.name for quantity in one.quantities]
    return {
        f"{names[left]}_{names[right]}": (names[left], names[right])
        for left, right in one.products
        if left in histories.binary and right in histories.binary
    }


def _with_sums(
    relation: Relation,
    plan: Plan,
    one: CellPass,
    settings: Settings,
    histories: Histories,
    types: Types,
    frame: pd.DataFrame,
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the cells with the sums that bits do not hold."""
    loose = set(range(len(one.quantities))) - set(histories.binary)
    products = tuple(pair for pair in one.products if loose & set(pair))
    wanted = sorted(loose | {at for pair in products for at in pair})
    place = {at: position for position, at in enumerate(wanted)}
    time = str(plan.time)
    second = CellPass(
        name=one.name,
        key=(TYPE, time),
        quantities=tuple(one.quantities[at] for at in wanted),
        products=tuple((place[left], place[right]) for left, right in products),
    )
    joined = typed(relation, plan, histories.words, types.of_unit)
    bare = replace(plan, units=None, flags=())
    found = run_cell_pass(joined, bare, second, settings)
    sums = {name: members for name, members in _sums(one).items() if loose & set(members)}
    right = found.frame.rename(columns={time: "ad_time"})
    order = np.lexsort((right["ad_time"].to_numpy(), right[TYPE].to_numpy()))
    back = np.lexsort((frame[time].to_numpy(), frame[TYPE].to_numpy()))
    if len(order) != len(back):
        raise DataError(f"cells: {one.name} changed while it was read; run again")
    for name in sums:
        values = right[TOTAL + name].to_numpy()
        summed = np.empty(len(frame), dtype=values.dtype)
        summed[back] = values[order]
        frame[TOTAL + name] = summed
    for quantity in second.quantities:
        held = centre_name(quantity.name)
        if held in found.frame:
            frame[held] = centre_in(found.frame, quantity.name)
    return frame, found.notes


def typed(relation: Relation, plan: Plan, words: Words, of_unit: IntArray) -> Relation:
    """Return the relation with each row's type as a column, without units of no type.

    Parameters
    ----------
    relation, plan
        The panel and what the types were made of.
    words
        Names the units.
    of_unit
        Type of every unit.
    """
    import pyarrow as pa

    unit = "" if plan.units is None else plan.units.unit
    rows = pa.table({unit: words.names, TYPE: of_unit.astype(np.int32)})
    beside = engine_of(relation).beside(relation, rows, TYPES_TABLE)
    table = relation.table.inner_join(beside, unit)
    facts = ColumnFacts("integer", 0, int(of_unit.max(initial=0)), 0)
    return replace(relation, table=table, columns={**relation.columns, TYPE: facts})
