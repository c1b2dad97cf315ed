"""Regression discontinuity: distance from the cutoff."""

from __future__ import annotations

import numpy as np
import pandas as pd

from evaluation.data.designs._exposure import exposure_of
from evaluation.data.designs._third import third_of
from evaluation.data.panel import Panel
from evaluation.data.roles import FloatArray, Roles
from evaluation.errors import DataError
from evaluation.spec.design import RdDesign
from evaluation.spec.missing import lacking
from evaluation.spec.spec import Spec


def assign(panel: Panel, spec: Spec) -> Roles:
    """Return the running variable less the cutoff, and whether a row lies after the reform.

    A donut of d drops the d values nearest the cutoff on either side of it, the cutoff's own
    value counted once: with d = 1 only the month of the birthday. With an exposure the rows at that
    value stay, as partly above the cutoff and partly below.

    Raises
    ------
    DataError
        Where the treated side of the cutoff has no rows, or an exposure is misplaced.
    InsufficientDesign
        Where the other side has none.
    """
    design = spec.design
    if not isinstance(design, RdDesign):
        raise TypeError("the rd design is assigned to rd specs")
    running = _numbers(panel, design.running_variable.column, "design.running_variable")
    running = running - float(design.cutoff)
    rows = ~np.isnan(running)
    if not rows.any():
        column = design.running_variable.column
        raise DataError(
            f"design.running_variable: column {column!r} is missing in every row of the sample; "
            "check the column and the sample"
        )
    if design.donut is not None:
        rows &= (running <= -design.donut) | (running >= design.donut)
    # Rows at the cutoff are no side of their own where an exposure parts them.
    upper = running >= 0 if design.exposure is None else running > 0
    for side, there in (("below", running < 0), ("above", upper)):
        if not (there & rows).any():
            low, high = np.nanmin(running), np.nanmax(running)
            lies = "outside the values" if low >= 0 or high < 0 else "at the edge of the values"
            if side != design.treated_side:
                sentence = "every row lies on the treated side of the cutoff"
                raise lacking("design.cutoff", sentence, "other side of the cutoff")
            raise DataError(
                f"design.cutoff: no rows lie {side} {design.cutoff}: it is {lies} "
                f"of {design.running_variable.column!r}; check cutoff, donut and sample"
            )
    above, exposure = None, exposure_of(spec)
    if exposure is not None:
        share = _numbers(panel, exposure.column, "design.exposure")
        wrong = exposure.misplaced(share, running)
        exposure.require({what: panel.count(there) for what, there in wrong.items()})
        above = exposure.share_above(share, running)
    post = None
    known = panel.answer("design.reform_date")
    if known is not None:
        post = known.to_numpy(np.float64)
    elif design.reform_date is not None and panel.period is not None:
        if panel.calendar.unit == "integer":
            raise DataError(
                "design.reform_date: is a date, but the panel's time is whole numbers; "
                "see panel.time_unit"
            )
        post = (panel.period >= panel.calendar.of_date(design.reform_date)).astype(np.float64)
    treatment = None
    if design.treatment is not None:
        treatment = _numbers(panel, design.treatment.column, "design.treatment")
    lost = "rows that lack the running variable"
    step = lost if design.donut is None else f"rows in the donut, and {lost}"
    third = third_of(panel, design)
    return Roles(
        rows, step, running=running, post=post, third=third, treatment=treatment, share_above=above
    )


def _numbers(panel: Panel, column: str, where: str) -> FloatArray:
    values = panel.frame[column]
    if not pd.api.types.is_numeric_dtype(values):
        raise DataError(f"{where}: column {column!r} holds text; it must hold numbers")
    numbers = values.to_numpy(np.float64)
    if np.isinf(numbers).any():
        raise DataError(
            f"{where}: column {column!r} holds {panel.count(np.isinf(numbers))} infinite values; "
            "mark them as missing"
        )
    return numbers
