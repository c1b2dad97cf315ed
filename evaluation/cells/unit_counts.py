"""How many units a model sees, and whether each is seen in every period."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.cells.gathered import UnitFacts
from evaluation.cells.plan import Plan
from evaluation.cells.role_counts import PATTERNS, seen_by_role, words_of
from evaluation.data.designs.did import members
from evaluation.data.model_data import IntArray
from evaluation.data.moments import WORD_BITS, SeenByRole, UnitsSeen
from evaluation.data.panel import Panel
from evaluation.data.periods import Calendar
from evaluation.spec.columns import columns_of_model
from evaluation.spec.design import DidDesign, RdDesign
from evaluation.spec.identities import companions
from evaluation.spec.model import Model
from evaluation.spec.sample import Outcome
from evaluation.spec.spec import Spec

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class UnitCounts:
    """What is known of the units behind a model's rows.

    Attributes
    ----------
    units
        Distinct units, ``None`` where the kinds of row were not counted.
    complete
        Whether each is seen once in every period, ``None`` where that is unknown.
    seen
        When each is seen.
    by_role
        When each is seen in every group of the design.
    """

    units: int | None = None
    complete: bool | None = None
    seen: UnitsSeen | None = None
    by_role: SeenByRole | None = None

    def among(self, periods: IntArray) -> UnitCounts:
        """Return what is known of the units with a row in some periods, where places are these."""
        if self.seen is None or self.seen.axis != "period":
            return UnitCounts() if self.seen is None else self
        seen = self.seen.among(np.unique(periods))
        return UnitCounts(seen.count, seen.complete, seen, self.by_role)


def units_of_model(
    spec: Spec, plan: Plan, facts: UnitFacts, model: Model, outcome: Outcome
) -> UnitCounts:
    """Return how many units have a row that a model uses for one outcome.

    Parameters
    ----------
    spec, plan
        What was asked.
    facts
        Histories, and the kinds of row that occur in them.
    model, outcome
        Which rows.
    """
    design = spec.design
    received = getattr(design, "treatment", None)
    needed = [outcome.measured, *columns_of_model(model)]
    needed += [other.measured for other in companions(spec, outcome)]
    needed += [] if received is None else [received.column]
    needed += [] if plan.weight is None else [plan.weight]
    kinds = _kinds(spec, plan, facts)
    if kinds is None or not {*needed} - _named(spec) <= {*plan.watched}:
        return UnitCounts()
    used = _with_role(spec, kinds)
    if used is None:
        return UnitCounts()
    for column in {*needed} & {*plan.watched}:
        used &= ~kinds.lacks[column]
    if model.keep:
        kept = kinds.panel.answer(f"models.{model.id}.keep")
        if kept is None:
            return UnitCounts()
        used &= kept.eq(1).to_numpy(dtype=bool)
    if model.options.compares_third and isinstance(design, RdDesign) and design.third is not None:
        third = kinds.panel.answer("design.third")
        if third is None:
            return UnitCounts()
        used &= third.notna().to_numpy(dtype=bool)
    periods = getattr(model.options, "periods", "all")
    if periods != "all" and isinstance(design, RdDesign):
        post = kinds.panel.answer("design.reform_date")
        if post is None:
            return UnitCounts()
        used &= post.eq(1 if periods == "post" else 0).to_numpy(dtype=bool)
    return _counted(spec, plan, facts, kinds, used)


def units_with_role(spec: Spec, plan: Plan, facts: UnitFacts) -> int | None:
    """Return how many units have a row to which the design gives a role; ``None`` if unknown."""
    kinds = _kinds(spec, plan, facts)
    used = None if kinds is None else _with_role(spec, kinds)
    if kinds is None or used is None:
        return None
    return _counted(spec, plan, facts, kinds, used).units


@dataclass(frozen=True)
class _Kinds:
    """The kinds of row that occur: their flags as a panel, what they lack, and if words say where.

    ``placed`` says whether words part values of the running variable, so that no flag need do so.
    """

    panel: Panel
    lacks: dict[str, BoolArray]
    placed: bool


def _kinds(spec: Spec, plan: Plan, facts: UnitFacts) -> _Kinds | None:
    if not facts.patterns or facts.histories.empty:
        return None
    patterns = np.array(facts.patterns, dtype=np.int64)
    lacks = {
        column: ((patterns[:, 0] >> bit) & 1).astype(bool)
        for bit, column in enumerate(plan.watched)
    }
    values = {
        flag.name: pd.Series(patterns[:, 1 + at]).where(patterns[:, 1 + at] >= 0)
        for at, flag in enumerate(plan.flags)
    }
    frame = pd.DataFrame(values, index=range(len(patterns)))
    answers = {flag.where: flag.name for flag in plan.flags if not flag.negated}
    panel = Panel(frame, None, Calendar("integer", 0), {}, (), None, None, answers=answers)
    return _Kinds(panel, lacks, facts.axis is not None)


def _with_role(spec: Spec, kinds: _Kinds) -> BoolArray | None:
    """Return the kinds of row that have a role, ``None`` where no flag says so."""
    roles: dict[str, Callable[[Spec, _Kinds], BoolArray | None]] = {
        "did": _did,
        "rd": _rd,
        "staggered_did": lambda spec, kinds: np.ones(len(kinds.panel.frame), dtype=bool),
    }
    return roles[spec.design.kind](spec, kinds)


def _did(spec: Spec, kinds: _Kinds) -> BoolArray | None:
    design = spec.design
    if not isinstance(design, DidDesign) or design.treatment is not None or design.treated is None:
        return np.ones(len(kinds.panel.frame), dtype=bool)
    asked = {"treated": design.treated, "control": design.control, "post": design.post}
    asked["third"] = design.third
    if any(
        one is not None and f"design.{key}" not in kinds.panel.answers for key, one in asked.items()
    ):
        return None
    treated, control, dated = members(kinds.panel, design.treated, design)
    return (treated | control) & dated


def _rd(spec: Spec, kinds: _Kinds) -> BoolArray | None:
    design = spec.design
    if not isinstance(design, RdDesign) or design.running_variable.column not in kinds.lacks:
        return None
    used = ~kinds.lacks[design.running_variable.column]
    if design.donut is None or kinds.placed:
        return used
    outside = _outside(spec, kinds)
    return None if outside is None else used & outside


def _outside(spec: Spec, kinds: _Kinds) -> BoolArray | None:
    """Return the kinds of row outside the donut, ``None`` where no flag says so."""
    design = spec.design
    if not isinstance(design, RdDesign) or design.donut is None:
        return np.ones(len(kinds.panel.frame), dtype=bool)
    inside = kinds.panel.answer("design.donut")
    known = inside is not None and inside[~kinds.lacks[design.running_variable.column]].notna()
    if inside is None or not np.all(known):
        return None
    return inside.eq(0).to_numpy(dtype=bool)


def _named(spec: Spec) -> set[str]:
    """Return the columns whose nulls are refused when the panel is read."""
    return {name for name in (spec.panel.unit, spec.panel.time) if name is not None}


def _counted(
    spec: Spec, plan: Plan, facts: UnitFacts, kinds: _Kinds, used: BoolArray
) -> UnitCounts:
    seen = seen_by(plan, facts, tuple(int(at) for at in np.flatnonzero(used)))
    design = spec.design
    by_role = _by_role(spec, plan, facts, kinds, used)
    if seen is not None and facts.axis is not None and isinstance(design, RdDesign):
        seen = _from_cutoff(seen, design)
    if seen is not None:
        complete = seen.complete if facts.axis is None else None
        return UnitCounts(seen.count, complete, seen, by_role)
    histories = facts.histories
    outside = _outside(spec, kinds)
    if PATTERNS not in histories or outside is None:
        return UnitCounts(by_role=by_role)
    used = used & outside
    chosen = np.int64(sum(1 << int(at) for at in np.flatnonzero(used)))
    inside = (histories[PATTERNS].to_numpy(np.int64) & chosen) != 0
    return UnitCounts(int(histories["ad_units"].to_numpy()[inside].sum()), by_role=by_role)


def _by_role(
    spec: Spec, plan: Plan, facts: UnitFacts, kinds: _Kinds, used: BoolArray
) -> SeenByRole | None:
    """Return when units are seen in every group that flags part."""
    design = spec.design
    asked = {"treated": "design.treated", "third": "design.third", "post": "design.post"}
    if isinstance(design, RdDesign):
        asked["post"] = "design.reform_date"
    answered = {role: kinds.panel.answer(where) for role, where in asked.items()}
    flags = {role: one for role, one in answered.items() if one is not None}
    shift = 0.0 if not isinstance(design, RdDesign) or facts.axis is None else -float(design.cutoff)
    return seen_by_role(plan, facts, np.flatnonzero(used), flags, shift)


def _from_cutoff(seen: UnitsSeen, design: RdDesign) -> UnitsSeen:
    """Return where units are seen as distances from the cutoff, the donut left out."""
    origin = seen.origin - float(design.cutoff)
    placed = replace(seen, origin=origin, axis="running")
    distance = origin + np.arange(WORD_BITS * seen.words.shape[1])
    return placed.among(distance[np.abs(distance) >= (design.donut or 0)])


def seen_by(plan: Plan, facts: UnitFacts, kinds: tuple[int, ...]) -> UnitsSeen | None:
    """Return when units have a row of some kinds; ``None`` where words do not part the kinds.

    Parameters
    ----------
    plan
        How time is counted.
    facts
        Histories with ``ad_seen_<kind>_<word>``; or with ``ad_seen_<word>``, which tell if every
        row of the units concerned is of these kinds.
    kinds
        Positions in ``facts.patterns``.
    """
    histories = facts.histories
    months = plan.calendar.months if plan.calendar is not None and facts.axis is None else 1
    units = histories["ad_units"].to_numpy(np.int64)
    words = words_of(facts, np.array(kinds, dtype=np.int64))
    if words is None:
        return None
    inside = (words != 0).any(axis=1)
    return UnitsSeen(words[inside], units[inside], facts.origin, length=max(months, 1))
