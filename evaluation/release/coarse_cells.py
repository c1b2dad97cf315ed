"""Cells of a coarser key in place of those that a policy refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from evaluation.cells.gathered import CellTable, Gathered
from evaluation.cells.plan import CellPass, Plan
from evaluation.cells.store.answer import answered
from evaluation.release.cell_counts import BoolArray, cell_counts
from evaluation.release.cell_passes import hidden_passes
from evaluation.release.coarser import (
    COUNTY,
    COUNTY_DIGITS,
    MONTHS,
    MOST_LOST,
    NONE,
    Coarser,
    coarser_keys,
    column_of,
)
from evaluation.release.protection import Protection

Tells = Callable[[CellPass], int]
# Rows of what the record hides, by what the cells hold no sum of.
Sizes = Callable[[tuple[str, ...]], frozenset[int]]


@dataclass(frozen=True)
class Replaced:
    """Cells of which some passes are coarser than they were built.

    Attributes
    ----------
    gathered
        The cells, and the plan with the coarser passes.
    instead
        What was taken together, by pass.
    """

    gathered: Gathered
    instead: Mapping[str, Coarser]


def coarse_cells(
    gathered: Gathered,
    hidden: Mapping[str, BoolArray],
    sizes: Sizes,
    protection: Protection,
    factors: Mapping[str, int],
    tells: Tells,
) -> Replaced:
    """Return cells with the finest coarser key that passes in place of each key that fails.

    A coarser pass takes the place of the finer one; both never leave. It is judged among all other
    passes and beside what the record hides, and taken only where few of its cells have to go for
    these, and no further one of the others.

    Parameters
    ----------
    gathered
        Cells as they were built.
    hidden
        Cells of every pass that may not leave.
    sizes
        Rows of what the record hides.
    protection
        What is small, and how far it stays open.
    factors
        Rows that one unit may have in a cell, by pass.
    tells
        How much of what was printed a pass gives.
    """
    plan = gathered.plan
    tables, instead = dict(gathered.tables), dict[str, Coarser]()
    if plan.weight is not None or plan.groups:
        return Replaced(gathered, instead)
    for name, table in gathered.tables.items():
        if not hidden[name].any() or table.made.unit_types:
            continue
        for one in coarser_keys(plan, table, protection, factors[name], tells):
            if not one.passes or _parted_elsewhere(one, name, tables, hidden):
                continue
            trial = {**tables, name: taken_together(plan, table, one)}
            counted = {**factors, **{at: two.factor for at, two in instead.items()}}
            counted[name] = one.factor
            own = {**{at: two.quantities for at, two in instead.items()}, name: one.quantities}
            lacking = {key: sizes(own.get(key, ())) for key in trial}
            if _leaves(trial, name, hidden, lacking, protection, counted):
                tables, instead[name] = trial, one
                break
    passes = tuple(tables[one.name].made if one.name in instead else one for one in plan.passes)
    return Replaced(replace(gathered, plan=replace(plan, passes=passes), tables=tables), instead)


def taken_together(plan: Plan, table: CellTable, coarser: Coarser) -> CellTable:
    """Return the cells of a coarser key, their sums exact.

    Parameters
    ----------
    plan
        Of the cells as they were built.
    table
        These cells.
    coarser
        What is taken together.
    """
    made, frame = table.made, table.frame.copy()
    for name, how in coarser.merged.items():
        if how != NONE:
            frame[column_of(name, how)] = _merged(plan, name, how, frame[name])
    wide = replace(made, key=tuple(dict.fromkeys((*made.key, *coarser.made.key))))
    seen = CellTable(wide, table.conditions, frame, table.notes)
    own = replace(plan, passes=(wide,), conditions=table.conditions)
    return answered(own, coarser.made, own, seen)


def _merged(plan: Plan, name: str, how: str, values: pd.Series) -> pd.Series:
    if how == COUNTY:
        return values.astype(str).str[:COUNTY_DIGITS]
    if name == plan.time and plan.calendar is not None:
        return pd.Series(plan.calendar.moments(values, name) // MONTHS[how], values.index)
    return values // MONTHS[how]


def _parted_elsewhere(
    one: Coarser, name: str, tables: Mapping[str, CellTable], hidden: Mapping[str, BoolArray]
) -> bool:
    """Whether another pass hides cells of a column that this one would sum over groups of it."""
    merged = {column for column, how in one.merged.items() if how != NONE}
    return any(
        other != name and merged & {*table.made.key} and bool(hidden[other].any())
        for other, table in tables.items()
    )


def _leaves(
    trial: Mapping[str, CellTable],
    name: str,
    hidden: Mapping[str, BoolArray],
    sizes: Mapping[str, frozenset[int]],
    protection: Protection,
    factors: Mapping[str, int],
) -> bool:
    """Whether a coarser pass leaves all but whole, and none of the others loses more for it."""
    counts = {key: cell_counts(one.made, one.frame) for key, one in trial.items()}
    small = {key: counts[key].small(protection, factors[key]) for key in trial}
    if small[name].any():
        return False
    found = hidden_passes(trial, counts, small, sizes, protection)
    rows = {key: one.values[:, 0] for key, one in counts.items()}
    return rows[name][found[name]].sum() <= MOST_LOST * rows[name].sum() and not any(
        # A pass that was replaced before has other cells than those that were hidden.
        (found[key] & ~hidden[key]).any()
        if len(found[key]) == len(hidden[key])
        else rows[key][found[key]].sum() > MOST_LOST * rows[key].sum()
        for key in trial
        if key != name
    )
