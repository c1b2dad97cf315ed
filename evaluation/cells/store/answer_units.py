"""What kept histories of units can still say where a spec asks for fewer rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.cells.gathered import CellTable, UnitFacts
from evaluation.cells.patterns import UNKNOWN
from evaluation.cells.plan import ROWS, Condition, Plan
from evaluation.cells.role_counts import PATTERNS, SEEN
from evaluation.cells.store.answer import holds, same_flag
from evaluation.cells.store.implied import left_over
from evaluation.data.moments import WORD_BITS
from evaluation.data.panel import FlowStep

BoolArray = NDArray[np.bool_]
UNITS = "ad_units"
DONUT = "design.donut"
# The place of a flag or column that no kind of row need tell.
UNTOLD = -1


def units_answer(
    asked: Plan, kept: Plan, facts: UnitFacts, whole: Collection[str] = ()
) -> UnitFacts | None:
    """Return what is known of the units of fewer rows, ``None`` where they must be looked at again.

    What a sample has none of, fewer rows have none of either: repeated rows, and columns that vary
    inside a unit. Kinds of row are told apart by all flags of the plan that was built; where a
    flag is new, or rows leave, units are no longer counted by them.

    Parameters
    ----------
    asked
        The plan.
    kept, facts
        The plan that was built, and what its unit pass found.
    whole
        Columns known to lack no value: no kind of row need tell of them.
    """
    wanted, had = asked.units, kept.units
    rest = left_over(asked.conditions, kept.conditions)
    if wanted is None or had is None or rest is None:
        return None
    if (wanted.unit, wanted.time, wanted.dose) != (had.unit, had.time, had.dose):
        return None
    if not set(wanted.constant) <= set(facts.varying):
        return None
    varying = {column: facts.varying[column] for column in wanted.constant}
    known = replace(facts, varying=varying)
    if not rest:
        return _renamed(asked, kept, known, whole)
    if facts.duplicates or any(varying.values()) or wanted.dose is not None:
        return None
    stays = _places(facts, kept, rest)
    if stays is None:
        return replace(known, histories=_none(), patterns=())
    renamed = _renamed(asked, kept, known, whole)
    parted = any(str(name).startswith(f"{SEEN}0_") for name in renamed.histories.columns)
    patterns = renamed.patterns if parted or len(renamed.patterns) == 1 else ()
    return replace(
        renamed, histories=_narrowed(renamed.histories, stays), patterns=patterns, starts=None
    )


def _places(
    facts: UnitFacts, kept: Plan, rest: tuple[Condition, ...]
) -> Callable[[NDArray[np.int64]], BoolArray] | None:
    """Return which places of the histories meet all conditions, ``None`` where they cannot tell."""
    if facts.axis is None:
        if kept.calendar is None or kept.calendar.unit == "date":
            return None  # histories of dates are by month
        if any(one.moments is None for one in rest):
            return None
    elif any({x.column for x in one.filters} != {facts.axis} for one in rest):
        return None

    def stay(bits: NDArray[np.int64]) -> BoolArray:
        places = facts.origin + bits
        left = np.ones(len(places), dtype=bool)
        for one in rest:
            if one.moments is not None:
                inside = (places >= one.moments[0]) & (places <= one.moments[1])
                left &= ~inside if one.negated else inside
            else:
                left &= holds(pd.DataFrame({facts.axis: places}), one, kept)
        return left

    return stay


def _none() -> pd.DataFrame:
    return pd.DataFrame({UNITS: pd.Series(dtype=np.int64)})


def further_flow(
    flow: tuple[FlowStep, ...],
    asked: Plan,
    kept: Plan,
    table: CellTable | None,
    units: UnitFacts | None,
) -> tuple[FlowStep, ...]:
    """Return the flow of kept cells, and the steps that they have yet to take.

    Parameters
    ----------
    flow
        Of the cells that were built.
    asked, kept
        What is asked, and what was built.
    table
        Kept cells on whose key the steps can be judged.
    units
        Histories of the rows left; they count units where the steps are all of time.
    """
    rest = left_over(asked.conditions, kept.conditions) or ()
    if table is None or not rest:
        return flow
    rows = np.ones(len(table.frame), dtype=bool)
    count = table.frame[ROWS].to_numpy(np.int64)
    steps = []
    for one in rest:
        rows &= holds(table.frame, one, kept)
        steps.append(FlowStep(one.step, int(count[rows].sum()), None))
    if units is not None and not units.histories.empty:
        left = int(units.histories[UNITS].sum())
        steps[-1] = FlowStep(steps[-1].step, steps[-1].rows, left)
    return (*flow, *steps)


def _renamed(asked: Plan, kept: Plan, facts: UnitFacts, whole: Collection[str]) -> UnitFacts:
    """Return the kinds of row by the columns and flags asked for; none where one is new.

    Words over the running variable tell by themselves which rows lie in a donut.
    """
    sure = {*whole} - {asked.weight}  # a weight of nothing counts as lacking
    columns = [UNTOLD if name in sure else _position(name, kept.watched) for name in asked.watched]
    flags = [
        UNTOLD
        if flag.where == DONUT and facts.axis is not None
        else next((at for at, known in enumerate(kept.flags) if same_flag(known, flag)), None)
        for flag in asked.flags
    ]
    if not facts.patterns or None in columns or None in flags:
        return replace(facts, patterns=())
    seen: dict[tuple[int, ...], int] = {}
    moved = []
    for pattern in facts.patterns:
        lacks = [at is not None and at != UNTOLD and pattern[0] >> at & 1 for at in columns]
        mask = sum(1 << bit for bit, lack in enumerate(lacks) if lack)
        own = (mask, *(UNKNOWN if at in (None, UNTOLD) else pattern[1 + at] for at in flags))
        moved.append(seen.setdefault(own, len(seen)))
    return replace(facts, patterns=tuple(seen), histories=_merged(facts.histories, moved))


def _merged(histories: pd.DataFrame, moved: list[int]) -> pd.DataFrame:
    """Return histories whose kinds of row have new numbers, several of which may be one now."""
    columns: dict[str, pd.Series] = {UNITS: histories[UNITS]}
    for name in histories.columns:
        parts = str(name).removeprefix(SEEN).split("_")
        if name == PATTERNS:
            old = histories[name].to_numpy(np.int64)
            new = np.zeros(len(old), dtype=np.int64)
            for before, after in enumerate(moved):
                new |= ((old >> before) & 1) << after
            columns[PATTERNS] = pd.Series(new)
        elif str(name).startswith(SEEN) and len(parts) == 2:
            own = f"{SEEN}{moved[int(parts[0])]}_{parts[1]}"
            columns[own] = columns[own] | histories[name] if own in columns else histories[name]
        elif name != UNITS:
            columns[str(name)] = histories[name]
    return pd.DataFrame(columns)


def _position(name: str, names: Sequence[str]) -> int | None:
    return names.index(name) if name in names else None


def _narrowed(
    histories: pd.DataFrame, stays: Callable[[NDArray[np.int64]], BoolArray]
) -> pd.DataFrame:
    """Return histories at the places that stay, empty ones gone."""
    names = [str(name) for name in histories.columns if str(name).startswith(SEEN)]
    if histories.empty or not names:
        return histories
    place = {name: int(name.rsplit("_", 1)[1]) for name in names}
    stay = stays(np.arange(WORD_BITS * (max(place.values()) + 1), dtype=np.int64))
    masks = (stay.reshape(-1, WORD_BITS) << np.arange(WORD_BITS, dtype=np.int64)).sum(axis=1)
    kept: pd.DataFrame = histories.assign(
        **{name: histories[name].to_numpy(np.int64) & masks[place[name]] for name in names}
    )
    seen = (kept[names].to_numpy(np.int64) != 0).any(axis=1)
    left: pd.DataFrame = kept.loc[seen].reset_index(drop=True)
    return left
