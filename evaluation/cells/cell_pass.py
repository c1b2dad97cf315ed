"""One GROUP BY over the rows of the sample: counts, sums and products by key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from evaluation.cells.centres import about, centre_name, centred_places, find_centres
from evaluation.cells.engines import Engine, TooLarge, engine_of
from evaluation.cells.even_rows import even_rows
from evaluation.cells.expressions.exposure import misplaced_rows
from evaluation.cells.expressions.finer import sums_by_finer_groups
from evaluation.cells.expressions.keyed import keyed_rows
from evaluation.cells.expressions.rows import sample_rows
from evaluation.cells.expressions.shares import SCALE
from evaluation.cells.expressions.values import facts_of
from evaluation.cells.frames import sorted_frame
from evaluation.cells.gathered import CellTable, UnitFacts
from evaluation.cells.plan import MISSING, ROWS, SHARE, WEIGHT, CellPass, Plan
from evaluation.cells.relation import Relation
from evaluation.cells.settings import Settings
from evaluation.cells.whole import whole_columns
from evaluation.data.designs._exposure import FAULTS, Exposure
from evaluation.errors import DataError, EnvironmentProblem

if TYPE_CHECKING:
    import pyarrow as pa

SUM = "ad_sum_"
REFUSED = "ad_refused_"
NEGATIVE = "panel.weight: column {weight!r} holds negative values"
IN_ORDER = "sums of floating-point numbers were taken on one thread, so that order is one"


@dataclass(frozen=True)
class _Query:
    """An expression and what its columns are."""

    expression: Any
    exact: bool
    refused: Mapping[str, str]


def run_cell_pass(
    relation: Relation,
    plan: Plan,
    one: CellPass,
    settings: Settings,
    units: UnitFacts | None = None,
) -> CellTable:
    """Return the cells of one pass.

    Whole numbers are summed exactly, on any number of threads; other numbers on one thread, in the
    order of the rows.

    Parameters
    ----------
    relation
        The panel.
    plan
        Conditions, flags and weight.
    one
        Key and sums.
    settings
        Limits of the engine.
    units
        What histories show, where that is known: units with as many rows each have one share.

    Raises
    ------
    DataError
        What reading the data shows; more cells than ``settings.most_cells``.
    EnvironmentProblem
        Where memory or disk do not suffice.
    """
    engine = engine_of(relation)
    each = _rows_of_each(plan, units)
    if each is not None and plan.units is not None:
        plan = replace(plan, units=replace(plan.units, shares=False))
    whole = whole_columns(relation, plan, one.quantities, settings)
    places = centred_places(relation, plan, one, whole)
    centres = find_centres(relation, one.quantities, places, whole, settings)
    try:
        query = cell_query(relation, plan, one, whole, centres, wide=False)
        found = _cells(engine, relation, plan, one, query, settings)
    except TooLarge:
        query = cell_query(relation, plan, one, whole, centres, wide=True)
        try:
            found = _cells(engine, relation, plan, one, query, settings)
        except TooLarge:
            named = ", ".join(repr(quantity.column) for quantity in one.quantities)
            raise DataError(
                f"panel: a column among {named} holds whole numbers too large for exact sums of "
                "products; check its codes for missing values, or write it in larger units"
            ) from None
    _refuse(found, query, plan.exposure)
    frame = _framed(found, one, query, whole_shares=plan.weight is None)
    if each is not None:
        share = int(SCALE / each)
        whole_shares = [int(rows) * share / SCALE for rows in frame[ROWS]]
        frame.insert(list(frame.columns).index(ROWS) + 1, SHARE, np.array(whole_shares, np.float64))
    frame = frame.assign(**{centre_name(one.quantities[at].name): c for at, c in centres.items()})
    return CellTable(one, plan.conditions, frame, () if query.exact else (IN_ORDER,))


def _rows_of_each(plan: Plan, units: UnitFacts | None) -> int | None:
    """Return how many rows every unit has, where shares are asked for and all have as many."""
    wanted = plan.units is not None and plan.units.shares and plan.weight is None
    return even_rows(units) if wanted else None


def cell_query(
    relation: Relation,
    plan: Plan,
    one: CellPass,
    whole: Mapping[str, bool],
    centres: Mapping[int, float | str],
    wide: bool,
) -> _Query:
    """Return the expression of a pass.

    Parameters
    ----------
    relation, plan, one
        As for :func:`run_cell_pass`.
    whole
        Whether each float column among the quantities and the weight holds whole numbers alone.
    centres
        What is taken off quantities, by position: numbers, or columns of the relation that hold
        them, which the cells then hold too.
    wide
        Whether products leave 64 bits.
    """
    shares = plan.units is not None and plan.units.shares
    rows = keyed_rows(relation, plan, one, whole, shares)
    named = {at: one for at, one in centres.items() if isinstance(one, str)}
    terms = about(rows.terms, {**centres, **{at: rows.table[own] for at, own in named.items()}})
    exact = all(term.whole for term in (*terms, *rows.factor))
    plain = {ROWS: rows.table.count()}
    if rows.weight is not None:
        plain[WEIGHT] = rows.weight.value.sum()
    if shares:
        share = rows.table[SHARE]
        if rows.weight is not None:
            exact = False
            share = share.cast("float64") / float(SCALE) * rows.weight.value.cast("float64")
        plain[SHARE] = share.sum()
    refused = _refused(relation, plan, rows.table)
    plain |= {name: marks.sum() for name, (marks, _) in refused.items()}
    key = {name: rows.table[name] for name in (*one.key, *named.values())}
    if rows.missing is not None:
        key[MISSING] = rows.missing
    fine = frozenset(
        at
        for at, quantity in enumerate(one.quantities)
        if quantity.name in one.fine and terms[at].whole
    )
    expression = sums_by_finer_groups(
        rows.table, key, terms, rows.factor, fine, _names(one), plain, wide
    )
    return _Query(expression, exact, {name: line for name, (_, line) in refused.items()})


def _cells(
    engine: Engine,
    relation: Relation,
    plan: Plan,
    one: CellPass,
    query: _Query,
    settings: Settings,
) -> pa.Table:
    """Return the rows of a query, refusing more than there may be."""
    import pyarrow as pa

    batches, count = [], 0
    try:
        for batch in engine.stream(relation, query.expression, settings, not query.exact):
            count += batch.num_rows
            if count > settings.most_cells:
                largest = _largest_key(engine, relation, plan, one, settings)
                raise DataError(
                    f"cells: {one.name} would have more than {settings.most_cells} cells; "
                    f"{largest}: leave it out of the model, cut it into bands, or run from "
                    "microdata"
                )
            batches.append(batch)
    except EnvironmentProblem as error:
        largest = _largest_key(engine, relation, plan, one, settings)
        raise EnvironmentProblem(
            f"{error}; or make fewer cells: in {one.name}, {largest}"
        ) from None
    if not batches:
        names = (*one.key, MISSING, *query.expression.columns)
        return pa.table({name: pa.array([], pa.int64()) for name in dict.fromkeys(names)})
    return pa.Table.from_batches(batches)


def _framed(found: pa.Table, one: CellPass, query: _Query, whole_shares: bool) -> pd.DataFrame:
    """Return cells with their columns in the order of :class:`CellPass`, sorted."""
    import pyarrow as pa

    found = found.drop_columns(list(query.refused))
    if MISSING not in found.column_names:
        zeros = pa.array(np.zeros(found.num_rows, dtype=np.int64))
        found = found.add_column(len(one.key), MISSING, zeros)
    frame = sorted_frame(found, (*one.key, MISSING))
    if SHARE in frame and whole_shares:
        frame[SHARE] = frame[SHARE].astype(np.float64) / SCALE
    return frame


def _largest_key(
    engine: Engine, relation: Relation, plan: Plan, one: CellPass, settings: Settings
) -> str:
    """Return the clause that names the key column with the most levels."""
    table = sample_rows(relation, plan)
    counts = table.aggregate(**{f"n{at}": table[name].nunique() for at, name in enumerate(one.key)})
    levels = engine.fetch(relation, counts, settings).to_pylist()[0]
    most = max(range(len(one.key)), key=lambda at: int(levels[f"n{at}"]))
    return f"key column {one.key[most]!r} alone has {int(levels[f'n{most}'])} values"


def _names(one: CellPass) -> dict[str, tuple[int, ...]]:
    """Return the positions of quantities whose product is summed, by the name of the sum."""
    names: dict[str, tuple[int, ...]] = {}
    wanted = [(at,) for at in range(len(one.quantities))] + list(one.products)
    for members in wanted:
        name = SUM + "_".join(one.quantities[at].name for at in members)
        if name in names:
            raise DataError(f"cells: two sums would be called {name!r}; rename a column")
        names[name] = members
    return names


def _refused(relation: Relation, plan: Plan, table: Any) -> dict[str, tuple[Any, str]]:
    """Return what no row of the sample may be: the mark of a row, and the line that refuses it."""
    marks: dict[str, tuple[Any, str]] = {}
    if plan.weight is not None:
        low = facts_of(relation, plan.weight).low
        if low is None or low < 0:
            mark = (table[plan.weight] < 0).cast("int64")
            marks[f"{REFUSED}{plan.weight}_"] = (mark, NEGATIVE.format(weight=plan.weight))
    if plan.exposure is not None:
        for what, mark in misplaced_rows(table, plan.exposure).items():
            marks[exposure_mark(what)] = (mark, "")
    return marks


def _refuse(found: pa.Table, query: _Query, exposure: Exposure | None) -> None:
    import pyarrow.compute as pc

    counts = {name: int(pc.sum(found.column(name)).as_py() or 0) for name in query.refused}
    for name, line in query.refused.items():
        if counts[name] and line:
            raise DataError(line)
    if exposure is not None:
        exposure.require({what: counts[exposure_mark(what)] for what in FAULTS})


def exposure_mark(what: str) -> str:
    """Return the column that counts the rows of a cell whose exposure is wrong.

    Parameters
    ----------
    what
        A name in ``FAULTS``.
    """
    return f"{REFUSED}exposure_{what}_"
