"""Staggered adoption: each unit's first treated period."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from evaluation.data.adoption_dates import (
    DatedUnits,
    Intervals,
    counted_intervals,
    intervals_of,
)
from evaluation.data.panel import Panel
from evaluation.data.roles import FloatArray, Roles
from evaluation.errors import DataError
from evaluation.spec.design import Cohort, StaggeredDesign
from evaluation.spec.missing import lacking
from evaluation.spec.spec import Spec


def assign(panel: Panel, spec: Spec) -> Roles:
    """Return cohort, event time and the treatment indicator.

    Raises
    ------
    DataError
        Missing cohorts without a rule, a cohort that varies inside a unit, nobody treated.
    InsufficientDesign
        Where everybody who adopts is treated from the start, or nobody is left untreated.
    """
    design = spec.design
    if not isinstance(design, StaggeredDesign) or panel.period is None:
        raise TypeError("the staggered design is assigned to staggered_did specs with time")
    rows, step = np.ones(len(panel.frame), dtype=bool), ""
    dated: tuple[DatedUnits, ...] = ()
    if design.cohort.interval:
        spans = intervals_of(panel, design.cohort)
        cohort, rows = _inside(spans, design.cohort)
        by_unit = (design.cohort.by or panel.unit) is not None
        # Where dates are chosen already, somebody has counted them.
        if design.cohort.dates is None:
            dated = counted_intervals(panel, spans, by_unit=by_unit)
        step = "units whose date is not known"
    else:
        cohort = _cohort(panel, design.cohort)
        _refuse_varying(panel, cohort)
    treated = np.isfinite(cohort)
    if not (treated & rows).any():
        raise DataError("design.cohort: no row belongs to a treated cohort; check never")
    event_time = np.where(treated, panel.period - cohort, np.nan)
    if not design.cohort.interval:
        _refuse_without_comparison(cohort, event_time, panel.period, design.anticipation)
    labels = {int(one): panel.calendar.label(int(one)) for one in np.unique(cohort[treated])}
    return Roles(
        rows,
        step,
        treated=treated.astype(np.float64),
        post=(event_time >= 0).astype(np.float64),
        event_time=event_time,
        cohort=cohort,
        cohort_labels=labels,
        dated=dated,
    )


def _refuse_without_comparison(
    cohort: FloatArray, event_time: FloatArray, period: np.ndarray, anticipation: int
) -> None:
    """Refuse adopters never seen untreated, and periods of treatment without anybody untreated."""
    reached = np.isfinite(cohort) & (event_time >= 0)
    untreated = ~np.isfinite(cohort) | (event_time < -anticipation)
    adopting = np.isin(cohort, np.unique(cohort[reached]))
    if not adopting.any():  # nobody adopts within the data, which estimators refuse
        return
    if not (adopting & untreated).any():
        sentence = "every unit that adopts is treated from the first period on"
        raise lacking("design.cohort", sentence, "time before")
    seen = np.isin(cohort, np.unique(cohort[adopting & untreated]))
    if not np.isin(period[reached & seen], np.unique(period[untreated])).any():
        sentence = "no unit is untreated in any period in which others have adopted"
        raise lacking("design.cohort", sentence, "untreated units")


def _inside(spans: Intervals, cohort: Cohort) -> tuple[FloatArray, np.ndarray]:
    """Return a date inside every interval, and which rows may stay."""
    unknown = int((~spans.certain).sum())
    if unknown and cohort.unknown is None:
        raise DataError(
            f"design.cohort: {unknown} of {len(spans.certain)} units have dates that are half "
            "known; set unknown = 'exclude', 'draw' or 'bound'"
        )
    dates = spans.middle if cohort.dates is None else np.array(cohort.dates)
    dates = np.where(dates >= spans.never, np.inf, dates)
    kept = spans.certain if cohort.unknown == "exclude" else np.ones(len(dates), dtype=bool)
    return dates[spans.adopter], kept[spans.adopter]


def _cohort(panel: Panel, cohort: Cohort) -> FloatArray:
    values = panel.frame[cohort.column or ""]
    never = _is_never(values, cohort.never)
    absent = values.isna().to_numpy() & ~never
    if absent.any():
        raise DataError(
            f"design.cohort: {panel.count(absent)} rows lack a cohort; "
            "set never = 'missing' if that means never treated"
        )
    result = np.full(len(values), np.inf)
    dated = ~never
    if dated.any():
        where = f"design.cohort {cohort.column!r}"
        result[dated] = panel.calendar.index(values[dated].reset_index(drop=True), where)
    return result


def _is_never(values: pd.Series, never: int | float | str | None) -> np.ndarray:
    if never is None:
        return np.zeros(len(values), dtype=bool)
    if never == "missing":
        return np.asarray(values.isna(), dtype=bool)
    numbers = pd.to_numeric(values, errors="coerce")
    if isinstance(never, float) and math.isinf(never):
        return np.asarray(np.isinf(numbers.to_numpy(np.float64, na_value=np.nan)), dtype=bool)
    return np.asarray(numbers.eq(never), dtype=bool)


def _refuse_varying(panel: Panel, cohort: FloatArray) -> None:
    """Refuse a cohort that switches: a unit has one."""
    if panel.unit is None:
        return
    unit = pd.factorize(panel.frame[panel.unit])[0]
    same = unit[1:] == unit[:-1]
    varying = len(np.unique(unit[1:][same & (cohort[1:] != cohort[:-1])]))
    if varying:
        raise DataError(
            f"design.cohort: varies over time in {varying} units; a cohort is one date a unit"
        )
