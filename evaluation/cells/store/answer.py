"""Answer a pass from a wider one: fewer rows, fewer key columns, fewer sums."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.cells.centres import centre_name
from evaluation.cells.gathered import CellTable
from evaluation.cells.plan import (
    MISSING,
    ROWS,
    SHARE,
    WEIGHT,
    CellPass,
    Condition,
    Flag,
    Plan,
    Quantity,
)
from evaluation.cells.store.implied import left_over
from evaluation.cells.sums import Sums, missing_bit, sum_name
from evaluation.data.filters import satisfied
from evaluation.data.periods import Calendar

BoolArray = NDArray[np.bool_]


def same_flag(one: Flag, other: Flag) -> bool:
    """Whether two flags are the same predicate, whatever they are called."""
    return replace(one, name="", where="") == replace(other, name="", where="")


def same_quantity(one: Quantity, other: Quantity) -> bool:
    """Whether two quantities are the same sum."""
    return (one.column, one.log, one.gap) == (other.column, other.log, other.gap)


def can_answer(asked: Plan, made: CellPass, kept: Plan, found: CellPass) -> bool:
    """Whether the cells of a kept pass hold those of a pass asked for.

    Parameters
    ----------
    asked, made
        The plan, and a pass of it.
    kept, found
        The plan that was built, and a pass of it.
    """
    rest = left_over(asked.conditions, kept.conditions)
    if rest is None or asked.weight != kept.weight or asked.groups != kept.groups:
        return False
    shares = asked.units is not None and asked.units.shares and not asked.units.shares_spared
    if (shares or made.unit_types) and rest:
        return False
    if shares and not (kept.units is not None and kept.units.shares):
        return False
    if made.unit_types or found.unit_types:
        return _same_types(asked, made, kept, found)
    return (
        all(_evaluable(one, found, kept) for one in rest)
        and all(_key_of(name, asked, kept, found) is not None for name in made.key)
        and _places(made, found) is not None
    )


def answered(asked: Plan, made: CellPass, kept: Plan, table: CellTable) -> CellTable:
    """Return the cells of a pass from those of a kept one that can answer it.

    Parameters
    ----------
    asked, made, kept
        As for :func:`can_answer`.
    table
        The kept cells.
    """
    found = table.made
    rest = left_over(asked.conditions, kept.conditions) or ()
    if not rest and replace(made, name=found.name) == found:
        return CellTable(made, asked.conditions, table.frame, table.notes)
    rows = np.ones(len(table.frame), dtype=bool)
    for one in rest:
        rows &= holds(table.frame, one, kept)
    keys = {name: _key_of(name, asked, kept, found) or name for name in made.key}
    places = _places(made, found) or ()
    frame = table.frame.loc[rows].reset_index(drop=True)
    mask = _mask(frame, places, len(found.quantities), len(made.quantities))
    key: dict[str, Any] = {name: frame[own] for name, own in keys.items()}
    key[MISSING] = pd.Series(mask, frame.index)
    group, first = _groups(key)
    sums = Sums(table, np.flatnonzero(rows), group, len(first))
    columns: dict[str, object] = {
        name: key[name].iloc[first].reset_index(drop=True) for name in key
    }
    columns[ROWS] = sums.rows()
    if WEIGHT in frame:
        columns[WEIGHT] = sums.weight()
    for at, quantity in zip(places, made.quantities, strict=True):
        columns[sum_name(quantity.name)] = sums.total(at)
    for low, high in made.products:
        name = sum_name(made.quantities[low].name, made.quantities[high].name)
        columns[name] = sums.product(places[low], places[high])
    if SHARE in frame and not rest:  # a unit of fewer rows has other shares
        columns[SHARE] = sums.column(SHARE)
    for at, quantity in zip(places, made.quantities, strict=True):
        if centre_name(found.quantities[at].name) in frame:
            columns[centre_name(quantity.name)] = sums.centre(at)
    return CellTable(made, asked.conditions, pd.DataFrame(columns), table.notes)


def holds(frame: pd.DataFrame, condition: Condition, kept: Plan) -> BoolArray:
    """Return which cells meet a condition on their key, shape ``(n,)``."""
    if condition.moments is not None:
        calendar = kept.calendar or Calendar("integer", 0)
        moment = calendar.moments(frame[kept.time or ""], "time")
        inside: BoolArray = (moment >= condition.moments[0]) & (moment <= condition.moments[1])
    else:
        inside = np.ones(len(frame), dtype=bool)
        for one in condition.filters:
            inside &= satisfied(frame[one.column], one, condition.step)
    return ~inside if condition.negated else inside


def _same_types(asked: Plan, made: CellPass, kept: Plan, found: CellPass) -> bool:
    used = {name for name in made.key if name.startswith("ad_")}
    flags: Mapping[str, Flag] = {flag.name: flag for flag in asked.flags}
    known: Mapping[str, Flag] = {flag.name: flag for flag in kept.flags}
    return replace(made, name="") == replace(found, name="") and all(
        name not in flags or (name in known and same_flag(flags[name], known[name]))
        for name in used
    )


def _evaluable(condition: Condition, found: CellPass, kept: Plan) -> bool:
    if condition.moments is not None:
        return kept.time in found.key and kept.calendar is not None
    return all(one.column in found.key for one in condition.filters)


def _key_of(name: str, asked: Plan, kept: Plan, found: CellPass) -> str | None:
    """Return what a key column is called in the kept cells, ``None`` where they lack it."""
    flag = next((one for one in asked.flags if one.name == name), None)
    if flag is None:
        return name if name in found.key else None
    known = (one.name for one in kept.flags if one.name in found.key and same_flag(one, flag))
    return next(known, None)


def _places(made: CellPass, found: CellPass) -> tuple[int, ...] | None:
    """Return which kept quantity each one asked for is; ``None`` where a sum is lacking."""
    places = []
    for one in made.quantities:
        at = next((i for i, x in enumerate(found.quantities) if same_quantity(one, x)), None)
        if at is None:
            return None
        places.append(at)
    pairs = {tuple(sorted((places[low], places[high]))) for low, high in made.products}
    # A square that the kept pass left out is that of 0 and 1.
    lacking = {pair for pair in pairs - set(found.products) if pair[0] != pair[1]}
    return None if lacking else tuple(places)


def _mask(
    frame: pd.DataFrame, places: tuple[int, ...], before: int, after: int
) -> NDArray[np.int64]:
    """Return which of the quantities asked for each cell lacks, the weight's bit last."""
    mask = np.zeros(len(frame), dtype=np.int64)
    for bit, at in enumerate((*places, before)):
        mask |= missing_bit(frame, at).astype(np.int64) << (bit if bit < len(places) else after)
    return mask


def _groups(key: Mapping[str, pd.Series]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the group of each row, in the order of the key with nulls last, and its first row."""
    codes = {}
    for at, values in enumerate(key.values()):
        code, levels = pd.factorize(values, sort=True)
        codes[at] = np.where(code < 0, len(levels), code)
    grouped = pd.DataFrame(codes).groupby(list(codes), sort=True).ngroup()
    group = np.asarray(grouped, dtype=np.int64)
    _, first = np.unique(group, return_index=True)
    return group, first.astype(np.int64)
