"""Which cells an estimand is about."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.data.functionals.contract import Case
from evaluation.data.functionals.flows import is_first_difference
from evaluation.data.truth_ages import AGE, NEAR
from evaluation.spec.design import DidDesign, RdDesign

FloatArray = NDArray[np.float64]


def treated_after(cells: pd.DataFrame, case: Case) -> FloatArray:
    """Return 1 for treated cells after the reform, or after their own adoption, else 0."""
    if case.kind == "staggered_did":
        return (adopters(cells, case) & (event_time(cells) >= 0)).astype(np.float64)
    return column(cells, "treated") * column(cells, "post")


def relative_after(cells: pd.DataFrame, case: Case) -> FloatArray:
    """Return 1 for treated and -1 for control cells after the reform, else 0."""
    return relative(cells) * column(cells, "post")


def relative(cells: pd.DataFrame) -> FloatArray:
    """Return 1 for treated and -1 for control cells."""
    return np.where(column(cells, "treated") == 1, 1.0, -1.0)


def adopters(cells: pd.DataFrame, case: Case) -> NDArray[np.bool_]:
    """Return the cells of dated cohorts, only those whose effect the fit gives."""
    cohort, period = column(cells, "cohort"), column(cells, "period")
    usable = np.isfinite(cohort)
    if case.estimated:
        label = case.calendar.label
        pairs = zip(np.where(usable, cohort, 0), period, strict=True)
        usable &= np.array([(label(int(g)), label(int(t))) in case.estimated for g, t in pairs])
    return usable


def event_time(cells: pd.DataFrame) -> FloatArray:
    """Return periods since the cohort's first one, missing for cells of no cohort."""
    return column(cells, "period") - column(cells, "cohort")


def binned(time: FloatArray, case: Case) -> Iterator[tuple[int, NDArray[np.bool_]]]:
    """Yield each event time as the model counts it, with its cells."""
    counted = np.floor_divide(time, case.bin_width)
    for one in np.unique(counted[np.isfinite(counted)]):
        yield int(one), counted == one


def up_to_cutoff(cells: pd.DataFrame, case: Case) -> FloatArray:
    """Return the sign of the treated side for cells of the year up to the cutoff, else 0.

    All of them have lived under the duty to the month before, those of the cutoff's own month
    included: towards the cutoff they become who is released there. Above it others come in who
    never were. The runs differ by the duty, which holds below; a spec that calls the other side
    treated asks for the negative.
    """
    running = column(cells, "running")
    near = (running >= -NEAR) & (running <= 0)
    side = getattr(case.spec.design, "treated_side", "below")
    return near.astype(np.float64) * (1.0 if side == "below" else -1.0)


def change_up_to_cutoff(cells: pd.DataFrame, case: Case) -> FloatArray:
    """Return ``up_to_cutoff`` after the reform, and its negative before it."""
    return up_to_cutoff(cells, case) * np.where(column(cells, "post") == 1, 1.0, -1.0)


def column(cells: pd.DataFrame, name: str) -> FloatArray:
    """Return a column of the cells as numbers."""
    return cells[name].to_numpy(np.float64)


def no_groups(case: Case) -> str:
    """Return why there are no treated rows, empty where there are."""
    design = case.spec.design
    if isinstance(design, DidDesign) and design.treated is None:
        return "design.treatment varies over time, and the policies compared name no treated rows"
    return ""


def no_cutoff(case: Case) -> str:
    """Return why nothing is known at the spec's cutoff, empty where something is."""
    design = case.spec.design
    if not isinstance(design, RdDesign):
        return "no cutoff"
    if design.running_variable.column != AGE or design.cutoff != case.facts.released_at:
        return f"the world's duty ends at {AGE} {case.facts.released_at} and nowhere else"
    if case.outcome.dated.moved and not is_first_difference(case.outcome):
        return (
            "the policies compared differ by the duty of the month at hand, whose trace at a "
            "lead is mixed with that of the months between"
        )
    return ""


def no_reform(case: Case) -> str:
    """Return why the change is not one over the reform alone, empty where it is."""
    if case.model.options.compares_third:
        return "between compares two groups, and truths at the cutoff are those of all rows"
    if getattr(case.spec.design, "reform_date", None) is None or case.spec.panel.time is None:
        return "design.reform_date is missing: there is no time before"
    if getattr(case.model.options, "periods", "all") != "all":
        return "periods keeps one side of the reform, the change needs both"
    return ""
