"""What a unit's history is made of, read from the rows of the sample in one pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from evaluation.cells.expressions.rows import sample_rows
from evaluation.cells.expressions.sums import term_of
from evaluation.cells.expressions.times import moment, raw, time_of
from evaluation.cells.expressions.values import facts_of, may_lack
from evaluation.cells.plan import PREFIX, TYPE, CellPass, Plan
from evaluation.cells.relation import Relation
from evaluation.cells.settings import Settings
from evaluation.cells.types import TypeCells, Types
from evaluation.cells.whole import whole_columns
from evaluation.cells.words import Words, require_unique, unit_words
from evaluation.data.model_data import IntArray
from evaluation.data.periods import Calendar
from evaluation.errors import DataError

AGE = "age_months"
LACKS = "lacks "
SUM = "sum "
PART = "part "


@dataclass(frozen=True)
class Histories:
    """Words of all units, and how a key is read back from them.

    Attributes
    ----------
    words
        In ``words.bits``: key columns of 0 and 1 under their names, ``lacks x`` where column or
        quantity x is null, ``sum x`` where a quantity of 0 and 1 is 1.
    signature
        Names in ``words.bits`` that belong to the history.
    binary
        Positions of the quantities whose values are bits.
    aged
        Key columns that are held as the moment less their value, and so stay as units age.
    """

    words: Words
    signature: tuple[str, ...]
    binary: tuple[int, ...]
    aged: frozenset[str]
    calendar: Calendar


def read_histories(
    relation: Relation,
    plan: Plan,
    one: CellPass,
    settings: Settings,
    clusters: Sequence[str] = (),
) -> Histories:
    """Return the histories of all units of the sample.

    Parameters
    ----------
    relation, plan, settings
        As for :func:`evaluation.cells.cell_pass.run_cell_pass`.
    one
        The pass, with ``unit_types``.
    clusters
        Columns that part the rows of a unit beside the key.

    Raises
    ------
    DataError
        Where the panel names no unit or time, or a unit has two rows at one time.
    """
    if plan.units is None:
        raise DataError("panel.unit: is missing, and effects of the unit need it")
    table = sample_rows(relation, plan)
    time, calendar = time_of(relation, plan, table)
    now = moment(time, calendar)
    aged = frozenset(name for name in one.key if name == AGE and calendar.unit == "month")
    bits: dict[str, Any] = {}
    parted: dict[str, Any] = {}
    for name in _regressors(plan, one):
        if name in aged:
            parted[PART + name] = now - table[name].cast("int64")
            continue
        if not _is_binary(relation, plan, name):
            parted[PART + name] = table[name]
            continue
        bits[name] = table[name].cast("int64")
        if _may_lack(relation, plan, name):
            bits[LACKS + name] = table[name].isnull().cast("int64")
    whole = whole_columns(relation, plan, one.quantities, settings)
    terms = [term_of(relation, table, quantity, whole) for quantity in one.quantities]
    for quantity, term in zip(one.quantities, terms, strict=True):
        if term.lacks:
            bits[LACKS + SUM + quantity.name] = term.value.isnull().cast("int64")
    signature = tuple(bits)
    for quantity, term in zip(one.quantities, terms, strict=True):
        if term.binary:
            bits[SUM + quantity.name] = term.value.cast("int64")
    parted |= {name: table[name] for name in clusters}
    words = unit_words(relation, settings, table, plan.units.unit, now, parted, bits)
    require_unique(words)
    binary = tuple(at for at, term in enumerate(terms) if term.binary)
    return Histories(words, signature, binary, aged, calendar)


def _regressors(plan: Plan, one: CellPass) -> tuple[str, ...]:
    """Return the key columns that a history must show: all but type and time."""
    return tuple(name for name in one.key if name not in (TYPE, plan.time))


def _is_binary(relation: Relation, plan: Plan, name: str) -> bool:
    if name.startswith(PREFIX):
        return True
    facts = facts_of(relation, name)
    if facts.kind == "boolean":
        return True
    numbers = facts.kind == "integer" or (facts.kind == "float" and facts.whole is True)
    bounded = facts.low is not None and facts.high is not None
    return numbers and bounded and (facts.low, facts.high) in ((0, 0), (0, 1), (1, 1))


def _may_lack(relation: Relation, plan: Plan, name: str) -> bool:
    flag = next((flag for flag in plan.flags if flag.name == name), None)
    if flag is None:
        return may_lack(facts_of(relation, name))
    return any(may_lack(facts_of(relation, one.column)) for one in flag.filters)


def key_frame(
    relation: Relation,
    plan: Plan,
    one: CellPass,
    histories: Histories,
    types: Types,
    cells: TypeCells,
) -> pd.DataFrame:
    """Return the key columns of cells of types, with the types the columns have in the panel.

    Parameters
    ----------
    relation, plan, one
        As for :func:`read_histories`.
    histories, types, cells
        What they gave.
    """
    words, row = histories.words, types.first[cells.group]
    now = words.start[row] + cells.bit
    columns: dict[str, Any] = {}
    for name in one.key:
        if name == TYPE:
            columns[name] = types.group_type[cells.group]
        elif name == plan.time:
            columns[name] = _time(now, histories.calendar)
        elif PART + name in words.parted:
            codes = words.parted[PART + name][row]
            # A code below 0 stands for a missing value; where all are missing there is no level.
            values = pd.Series(words.levels[PART + name]).reindex(codes).reset_index(drop=True)
            columns[name] = now - values if name in histories.aged else values
        else:
            columns[name] = _from_bits(relation, words, name, row, cells.bit)
    return pd.DataFrame(columns, index=range(len(row)))


def _time(moments: IntArray, calendar: Calendar) -> Any:
    values, codes = np.unique(moments, return_inverse=True)
    times = pd.Series([raw(calendar, int(value)) for value in values])
    if calendar.unit == "date":
        times = pd.to_datetime(times)
    return times.take(codes).reset_index(drop=True)


def _from_bits(
    relation: Relation, words: Words, name: str, row: IntArray, bit: IntArray
) -> pd.Series:
    values = pd.Series(bit_at(words.bits[name], row, bit))
    if not name.startswith(PREFIX) and facts_of(relation, name).kind == "boolean":
        values = values.astype(bool)
    if LACKS + name not in words.bits:
        return values
    absent = bit_at(words.bits[LACKS + name], row, bit).astype(bool)
    return values.mask(absent) if absent.any() else values


def bit_at(bits: IntArray, row: IntArray, bit: IntArray) -> IntArray:
    """Return one bit of one word for every cell, shape ``(c,)``."""
    found: IntArray = (bits[row] >> bit) & 1
    return found


def missing_mask(one: CellPass, words: Words, row: IntArray, bit: IntArray) -> IntArray:
    """Return the bit mask of quantities that are null, for every cell, shape ``(c,)``."""
    mask = np.zeros(len(row), dtype=np.int64)
    for at, quantity in enumerate(one.quantities):
        bits: Mapping[str, IntArray] = words.bits
        if LACKS + SUM + quantity.name in bits:
            mask |= bit_at(bits[LACKS + SUM + quantity.name], row, bit) << at
    return mask
