"""Difference-in-differences: treated against control, before against after."""

from __future__ import annotations

import numpy as np
import pandas as pd

from evaluation.data.designs._moments import BoolArray, holds, undecided
from evaluation.data.filters import satisfied
from evaluation.data.numbers import numbers_of
from evaluation.data.panel import Panel
from evaluation.data.roles import FloatArray, Roles
from evaluation.errors import DataError
from evaluation.spec.design import DidDesign
from evaluation.spec.filters import Predicate
from evaluation.spec.missing import TIMES, Missing, lacking
from evaluation.spec.spec import Spec


def assign(panel: Panel, spec: Spec) -> Roles:
    """Return treated, post, third, event time and dose.

    Raises
    ------
    DataError
        Where a condition that the spec writes out holds in no row.
    InsufficientDesign
        Where every such condition holds somewhere, and the treated or control group is empty
        before or after the reform, or everybody is of the third difference.
    """
    design = spec.design
    if not isinstance(design, DidDesign):
        raise TypeError("the did design is assigned to did specs")
    everyone = np.ones(len(panel.frame), dtype=bool)
    if design.treatment is not None or design.treated is None:
        product, times = _instrument(panel, design)
        dose = _dose(panel, design)
        return Roles(everyone, "", dose=dose, instrument=product, instrument_times=times)
    treated, control, dated = members(panel, design.treated, design)
    post, first_post = _post(panel, design)
    rows = (treated | control) & dated
    third = _third(panel, design, rows)
    _refuse_empty_side(rows & treated, rows & control, post, written=design.control is not None)
    event_time = None
    if panel.period is not None and first_post is not None:
        event_time = (panel.period - first_post).astype(np.float64)
    return Roles(
        rows,
        "rows of neither group" if dated.all() else "rows that lack a group or date",
        treated=treated.astype(np.float64),
        post=post.astype(np.float64),
        event_time=event_time,
        third=third,
    )


def _third(panel: Panel, design: DidDesign, rows: BoolArray) -> FloatArray | None:
    """Return which rows are of the third difference, ``None`` without one."""
    if design.third is None:
        return None
    third = holds(panel, design.third, "design.third")
    if not (third & rows).any():
        raise DataError(
            "design.third: no row is of the third difference, so nothing can be compared; "
            "check its condition and sample"
        )
    if not (~third & rows).any():
        sentence = "every row is of the third difference, so nothing can be compared"
        raise lacking("design.third", sentence, "comparison group")
    return third.astype(np.float64)


def members(
    panel: Panel, treated: Predicate, design: DidDesign
) -> tuple[BoolArray, BoolArray, BoolArray]:
    """Return which rows are treated, which are controls, and which have a date and third.

    Parameters
    ----------
    panel
        Rows, with the columns of the predicates or answers to them.
    treated, design
        Who is treated, and the design that says so.
    """
    inside = holds(panel, treated, "design.treated")
    control = ~inside & ~undecided(panel, treated, "design.treated")
    if design.control is not None:
        control &= holds(panel, design.control, "design.control")
    dated = _dated(panel, design)
    if design.third is not None:
        dated = dated & ~undecided(panel, design.third, "design.third")
    return inside, control, dated


def _instrument(panel: Panel, design: DidDesign) -> tuple[FloatArray | None, FloatArray | None]:
    """Return the instrument and what it is multiplied by, ``None`` where there is none."""
    given = design.instrument
    # Models that use an instrument run from rows; cells are made without it.
    if given is None or not {given.column, given.times or given.column} <= {*panel.frame}:
        return None, None
    values = numbers_of(panel.frame[given.column], "design.instrument", given.column)
    if given.times is None:
        return values, None
    times = numbers_of(panel.frame[given.times], "design.instrument.times", given.times)
    return values * times, times


def _dose(panel: Panel, design: DidDesign) -> FloatArray:
    column = design.treatment.column if design.treatment else ""
    values = panel.frame[column]
    if not pd.api.types.is_numeric_dtype(values):
        raise DataError(f"design.treatment: column {column!r} holds text; it must hold numbers")
    return values.to_numpy(np.float64)


def _post(panel: Panel, design: DidDesign) -> tuple[np.ndarray, int | None]:
    """Return which rows lie after the reform, and the first such period."""
    if design.post is not None:
        known = panel.answer("design.post")
        if known is not None:
            return known.eq(1).to_numpy(dtype=bool), panel.first_post
        post = satisfied(panel.frame[design.post.column], design.post, "design.post")
        return post, panel.first_post
    if panel.period is None or design.reform_date is None:
        raise DataError("design: needs panel.time with reform_date, or post")
    if panel.calendar.unit == "integer":
        raise DataError(
            "design.reform_date: is a date, but the panel's time is whole numbers; "
            "use post = { column = ..., at_least = ... }"
        )
    first = panel.calendar.of_date(design.reform_date)
    return panel.period >= first, first


def _dated(panel: Panel, design: DidDesign) -> np.ndarray:
    """Return which rows are known to lie before or after the reform."""
    if design.post is None or design.post.missing is not None:
        return np.ones(len(panel.frame), dtype=bool)
    known = panel.answer("design.post")
    values = panel.frame[design.post.column] if known is None else known
    return values.notna().to_numpy(dtype=bool)


def _refuse_empty_side(
    treated: BoolArray, control: BoolArray, post: BoolArray, *, written: bool
) -> None:
    """Refuse a side without rows; ``written`` says whether the spec has a condition for controls.

    What the spec writes out and no row fulfils may be a slip, and is an error. What is empty though
    all of that holds somewhere is not there to be compared.
    """
    sides = (("treated", treated), ("control", control))
    somebody = {"treated": bool(treated.any()), "control": bool(control.any()) or not written}
    for moment, rows in (("before", ~post), ("after", post)):
        for group, member in sides:
            if (rows & member).any():
                continue
            sentence = f"the {group} group has no rows {moment} the reform"
            if not somebody[group] or (moment == "after" and not rows.any()):
                raise DataError(
                    f"design.{group}: {sentence}; check design, panel.window and sample"
                )
            raise lacking(f"design.{group}", sentence, _missing(group, moment, member, rows))


def _missing(group: str, moment: str, member: BoolArray, rows: BoolArray) -> Missing:
    """Return what is lacking where a group has no rows before or after the reform."""
    if not rows.any() or (group == "treated" and member.any()):
        return TIMES[moment]
    return "comparison group"
