"""Find kept cells that answer a plan."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from evaluation.cells.gathered import CellTable, UnitFacts
from evaluation.cells.plan import Condition, Flag, PairPass, Plan
from evaluation.cells.store.answer import answered, can_answer, holds, same_flag, same_quantity
from evaluation.cells.store.answer_units import further_flow, units_answer
from evaluation.cells.store.held import Held
from evaluation.cells.store.implied import left_over
from evaluation.cells.store.kept import Kept, read_kept
from evaluation.data.moments import PairCells
from evaluation.data.panel import FlowStep
from evaluation.errors import DataError

# Cells that were built before: in a folder, or in memory.
Build = Kept | Held


@dataclass(frozen=True)
class Found:
    """What is at hand of a plan, by name of the pass.

    ``counted`` says whether units can be counted by kind of row, as new histories would.
    """

    tables: Mapping[str, CellTable] = field(default_factory=dict)
    pairs: Mapping[str, PairCells] = field(default_factory=dict)
    units: UnitFacts | None = None
    flow: tuple[FlowStep, ...] = ()
    first_post: int | None = None
    counted: bool = True

    def whole(self, plan: Plan) -> bool:
        """Whether nothing is lacking."""
        return (
            all(one.name in self.tables for one in plan.passes)
            and all(one.name in self.pairs for one in plan.pairs)
            and not self.lacks_histories(plan)
        )

    def lacks_histories(self, plan: Plan) -> bool:
        """Whether units, or the flow, have yet to be counted."""
        return not self.flow or (plan.units is not None and self.units is None)


def kept_builds(
    home: Path, inputs: Mapping[str, str] | None = None, source: str | None = None
) -> tuple[Kept, ...]:
    """Return the builds in a folder, those that are not whole passed over, newest first.

    Parameters
    ----------
    home
        A folder of builds, which may not exist.
    inputs, source
        Only builds of these.
    """
    found = []
    try:
        folders = sorted(one for one in home.iterdir() if not one.name.startswith("."))
    except OSError:
        return ()
    for folder in folders:
        try:
            kept = read_kept(folder)
        except DataError:
            continue
        if (inputs is None or kept.facts.inputs == inputs) and (
            source is None or kept.facts.source == source
        ):
            found.append(kept)
    return tuple(found)


def find_cells(plan: Plan, builds: tuple[Build, ...], whole: Collection[str] = ()) -> Found:
    """Return what kept builds can answer of a plan; a damaged file answers nothing.

    Parameters
    ----------
    plan
        What is asked.
    builds
        Builds of the same inputs, in a fixed order; one that answers everything goes first.
    whole
        Columns of these inputs that are known to lack no value.
    """
    answers = [_answers(plan, kept, whole) for kept in builds]
    for found in answers:
        if found.whole(plan):
            return found
    tables: dict[str, CellTable] = {}
    pairs: dict[str, PairCells] = {}
    best = Found()
    for found in answers:
        tables = {**found.tables, **tables}
        pairs = {**found.pairs, **pairs}
        if best.lacks_histories(plan) and not found.lacks_histories(plan):
            best = found
    return replace(best, tables=tables, pairs=pairs)


def _answers(plan: Plan, kept: Build, whole: Collection[str]) -> Found:
    rest = left_over(plan.conditions, kept.plan.conditions)
    if rest is None or (rest and dated_by_all_rows(plan)):
        return Found()
    tables = {}
    seen: CellTable | None = None
    for made in plan.passes:
        for one in kept.plan.passes:
            if made.name in tables or not can_answer(plan, made, kept.plan, one):
                continue
            try:
                notes = kept.facts.notes.get(one.name, ())
                frame = kept.frame(one.name)
            except DataError:
                continue
            seen = CellTable(one, kept.plan.conditions, frame, notes)
            tables[made.name] = answered(plan, made, kept.plan, seen)
    pairs = {
        made.name: pair for made in plan.pairs if (pair := _pairs(plan, made, kept)) is not None
    }
    try:
        known = kept.units
    except DataError:
        return Found(tables, pairs)
    units = None if known is None else units_answer(plan, kept.plan, known, whole)
    flow = further_flow(kept.facts.flow, plan, kept.plan, seen, units)
    if rest and seen is None:
        flow = ()
    counted = units is None or bool(units.patterns) or not known_kinds(known)
    return Found(tables, pairs, units, flow, kept.facts.first_post, counted)


def known_kinds(facts: UnitFacts | None) -> bool:
    """Whether histories tell kinds of row apart."""
    return facts is not None and bool(facts.patterns)


def dated_by_all_rows(plan: Plan) -> bool:
    """Whether the first period after the reform is found among all rows read."""
    return any(flag.where == "design.post" for flag in plan.flags)


def _pairs(plan: Plan, made: PairPass, kept: Build) -> PairCells | None:
    """Return kept pair cells of the same rows, at the points that further conditions leave."""
    rest = left_over(plan.conditions, kept.plan.conditions)
    if rest is None or any(
        one.moments is not None or {x.column for x in one.filters} != {made.point} for one in rest
    ):
        return None
    for one in kept.plan.pairs:
        if not _same_pass(plan, made, kept.plan, one):
            continue
        try:
            pairs = kept.pair_cells(one)
        except DataError:
            continue
        return _at_points(pairs, made.point, rest, kept.plan) if rest else pairs
    return None


def _same_pass(asked: Plan, made: PairPass, kept: Plan, found: PairPass) -> bool:
    if made.point != found.point or len(made.quantities) != len(found.quantities):
        return False
    if not all(map(same_quantity, made.quantities, found.quantities)):
        return False
    wanted, had = _flags(asked, made), _flags(kept, found)
    return len(wanted) == len(had) and all(
        (one is None) == (other is None) and (one is None or other is None or same_flag(one, other))
        for one, other in zip(wanted, had, strict=True)
    )


def _flags(plan: Plan, one: PairPass) -> list[Flag | None]:
    known = {flag.name: flag for flag in plan.flags}
    by_name = sorted(one.flags)
    parting = (one.post or "", one.third or "")
    return [known.get(name) for name in (*parting, *by_name)]


def _at_points(
    pairs: PairCells, point: str, rest: tuple[Condition, ...], plan: Plan
) -> PairCells | None:
    """Return pair cells at neighbouring points, ``None`` where units can no longer be counted."""
    frame = pd.DataFrame({point: pairs.running})
    stay = np.ones(len(frame), dtype=bool)
    for one in rest:
        stay &= holds(frame, one, plan)
    at = np.flatnonzero(stay)
    if pairs.successive is None or not len(at) or len(at) != at[-1] - at[0] + 1:
        return None
    run = np.ix_(at, at)
    successive = pairs.successive[run]
    return replace(
        pairs,
        running=pairs.running[at],
        post=pairs.post[at],
        products=pairs.products[:, :, at[:, None], at[None, :]],
        units=int(2 * np.trace(successive) - successive.sum()),
        successive=successive,
        third=None if pairs.third is None else pairs.third[at],
        apart=None if pairs.apart is None else pairs.apart[run],
    )
