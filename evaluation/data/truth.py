"""The truth of every estimand, from cells of two coupled runs."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from evaluation.data.coupled import Population
from evaluation.data.coupled_cells import SUBGROUP
from evaluation.data.functionals.contract import Case, Functional, Key, Truth
from evaluation.data.functionals.flows import is_first_difference
from evaluation.data.periods import calendar_of
from evaluation.data.question import Question, Weights
from evaluation.data.truth_columns import first_stage_of, paired_of
from evaluation.spec.design import StaggeredDesign
from evaluation.spec.model import Model
from evaluation.spec.sample import GroupedRows, Outcome
from evaluation.spec.spec import Spec
from evaluation.spec.time_rules import time_unit_of

# A model of staggered adoption gives these beside its own estimand.
AVERAGES = ("att", "att_by_event_time", "att_by_cohort", "att_by_period", "att_gt")


@dataclass(frozen=True)
class Truths:
    """The truths of one model and outcome.

    Attributes
    ----------
    found
        Every number that has one.
    absent
        Why the model's own estimand has none, empty where it has.
    """

    found: Mapping[Key, Truth]
    absent: str = ""


def truths(
    population: Population,
    spec: Spec,
    model: Model,
    outcome: Outcome,
    estimated: frozenset[tuple[str, str]] = frozenset(),
    *,
    weights: Weights = "person",
) -> Truths:
    """Return the truth of every number that a model can give for one outcome.

    By estimand, horizon and the subgroups that ``heterogeneity`` asks for; each estimand's own
    file in ``functionals`` says what it is and when there is none.

    Parameters
    ----------
    population
        The coupled runs.
    spec, model, outcome
        What is estimated.
    estimated
        Labels of cohort and period of the group-time effects that the fit gives; averages are over
        these alone. Empty for models without group-time effects.
    weights
        Whether a row that is a municipality weighs as its persons or once.
    """
    found: dict[Key, Truth] = {}
    absent = ""
    subgroups = tuple(dict.fromkeys(_subgroup_columns(spec, model)))
    calendar = calendar_of(None, time_unit_of(spec) or "month", spec.panel.period)
    stage = first_stage_of(spec, outcome)
    case = Case(spec, model, outcome, calendar, population.facts, stage, estimated)
    for estimand in _estimands(case):
        functional = functional_of(estimand)
        reason = _absent(functional, case, weights)
        if reason:
            absent = absent or (reason if estimand == model.estimand else "")
            continue
        for by in (None, *subgroups):
            cells = population.cells(_question(functional, case, by, weights))
            for key, truth in _by_subgroup(functional, cells, case, by):
                found[replace(key, horizon=outcome.horizon)] = truth
    found = {key: truth for key, truth in found.items() if np.isfinite(truth.value)}
    if not absent and all(key.estimand != model.estimand for key in found):
        absent = "no rows on one side, or a first stage of zero"
    return Truths(found, absent)


def functional_of(estimand: str) -> Functional:
    """Return the functional of that name."""
    module: Functional = importlib.import_module(f"evaluation.data.functionals.{estimand}")  # type: ignore[assignment]
    return module


def _estimands(case: Case) -> tuple[str, ...]:
    averages = case.kind == "staggered_did" and case.model.estimand in AVERAGES
    return AVERAGES if averages else (case.model.estimand,)


def _absent(functional: Functional, case: Case, weights: Weights) -> str:
    """Return why there is no truth, whatever the cells hold."""
    design, grouped = case.spec.design, case.spec.sample.rows
    if case.kind not in functional.DESIGNS:
        return f"means nothing in a design of kind {case.kind!r}"
    if getattr(design, "unbalanced", None) == "drop_incomplete":
        return "units dropped for gaps make another population than the one simulated"
    cohort = design.cohort if isinstance(design, StaggeredDesign) else None
    # Without those whose date is not known, every cohort left is that of a date.
    if cohort is not None and cohort.interval and cohort.unknown != "exclude":
        return "adoption dates are intervals: whose effect a number is depends on the date chosen"
    if weights == "municipality" and not isinstance(grouped, GroupedRows):
        return "rows are persons: municipality weights need sample.rows = { by = [...] }"
    return functional.absent(case)


def _subgroup_columns(spec: Spec, model: Model) -> Iterator[str]:
    """Yield the columns whose values split a model's rows, where the rows still have them."""
    rows = spec.sample.rows
    for table in spec.heterogeneity:
        if model.id in table.models:
            yield from (c for c in table.by if not isinstance(rows, GroupedRows) or c in rows.by)


def _question(functional: Functional, case: Case, by: str | None, weights: Weights) -> Question:
    outcome = case.outcome
    # At a cutoff both runs share the month before: a change since then differs as the stock does.
    level = case.kind == "rd" and is_first_difference(outcome)
    paired, times = paired_of(case.spec, outcome, case.model.estimand)
    return Question(
        column=outcome.column if level else outcome.measured,
        transform=outcome.transform,
        dated=outcome.dated if outcome.dated.moved and not level else None,
        keep=case.model.keep,
        periods=getattr(case.model.options, "periods", "all"),
        by=by,
        paired=paired if functional.PAIRED else None,
        times=times if functional.PAIRED else None,
        weights=weights,
        kind=functional.CELLS,
    )


def _by_subgroup(
    functional: Functional, cells: pd.DataFrame, case: Case, by: str | None
) -> Iterator[tuple[Key, Truth]]:
    if by is None:
        yield from functional.truths(cells, case)
        return
    for value in np.unique(cells[SUBGROUP].to_numpy(str)):
        part = cells.loc[cells[SUBGROUP] == value].reset_index(drop=True)
        for key, truth in functional.truths(part, case):
            yield replace(key, subgroup=f"{by}={value}"), truth
