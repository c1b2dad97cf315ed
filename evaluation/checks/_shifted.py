"""Pretend that every cohort adopted earlier, on rows before it did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from evaluation.cells.needs_rows import NeedsRows
from evaluation.checks._refit import Refitted, refitted_of
from evaluation.checks.contract import Case
from evaluation.data.model_data import FloatArray, ModelData
from evaluation.data.model_rows import model_rows
from evaluation.errors import DataError, EstimationError
from evaluation.estimators._subset import subset
from evaluation.estimators._units import units_among
from evaluation.estimators.contract import Fit, Setting
from evaluation.estimators.registry import estimator
from evaluation.spec.options import Evidence


def adopted_earlier(
    case: Case, shifts: tuple[int, ...], within: bool = False
) -> dict[str, tuple[Refitted, ...]]:
    """Return what a staggered model gives where every cohort adopts some periods earlier.

    Parameters
    ----------
    case
        The model.
    shifts
        Periods.
    within
        Whether the last so many periods before adoption count as treated although the design's
        ``anticipation`` sets them apart; else rows that treatment may reach are out.

    Returns
    -------
    dict
        By outcome, one entry a shift.
    """
    found = {}
    for name in case.result.fits:
        found[name] = tuple(_one(case, name, shift, within) for shift in shifts)
    return found


def _one(case: Case, name: str, shift: int, within: bool) -> Refitted:
    label = f"{shift} {'period' if shift == 1 else 'periods'} earlier"
    reach = 0 if within else int(case.result.setting.design.anticipation)
    return fitted_anew(case, name, label, lambda data: shifted(data, shift, reach))


def fitted_anew(
    case: Case,
    name: str,
    label: str,
    change: Callable[[ModelData], ModelData],
    anticipation: int = 0,
    evidence: frozenset[Evidence] = frozenset(),
) -> Refitted:
    """Return what a staggered model gives on changed data of one outcome.

    Parameters
    ----------
    case
        The model.
    name
        The outcome.
    label
        Which variant, in words.
    change
        Makes the data of those that the model saw.
    anticipation
        The design's periods of anticipation on the changed data; units then lack periods.
    evidence
        What is wanted of the fit beside its number.
    """
    changed = {"anticipation": anticipation, "unbalanced": "keep"}
    design = case.result.setting.design.model_copy(update=changed)
    setting = replace(case.result.setting, design=design, evidence=evidence, strata=())
    try:
        return refitted_of(label, _fitted(case, name, change, setting))
    except NeedsRows as need:
        return Refitted(label, None, need.reason)
    except (DataError, EstimationError) as error:
        return Refitted(label, None, "; ".join(error.faults))


def _fitted(
    case: Case, name: str, change: Callable[[ModelData], ModelData], setting: Setting
) -> Fit:
    model = case.result.model
    fit = estimator(model.estimator).fit
    try:
        return fit(change(case.data(name)), setting)
    except NeedsRows:
        if not case.has_rows:
            raise
    rows, outcome = case.rows(), case.spec.outcomes[name]
    data = model_rows(rows.panel, rows.roles, case.spec, model, name, outcome)
    return fit(change(data), setting)


def shifted(data: ModelData, shift: int, reach: int = 0) -> ModelData:
    """Return the rows before adoption, every cohort's first period moved earlier.

    Parameters
    ----------
    data
        Rows, or cells by cohort and period.
    shift
        Periods.
    reach
        Periods before adoption that treatment may already reach: their rows are out as well, and
        the shift counts from them.

    Raises
    ------
    DataError
        Where the data have no cohorts or periods.
    NeedsRows
        Where cells do not show which units leave.
    """
    if data.cohort is None or data.period is None:
        raise DataError(f"outcome {data.outcome}: has no cohorts whose adoption could move")
    cut = with_rows(data, data.period < data.cohort - reach)
    if cut.cohort is None or cut.period is None:
        raise DataError(f"outcome {data.outcome}: has no cohorts whose adoption could move")
    cohort = cut.cohort - reach - shift
    labels = {
        int(one): data.period_labels.get(int(one), str(int(one)))
        for one in np.unique(cohort[np.isfinite(cohort)])
    }
    since = np.where(np.isfinite(cohort), cut.period - cohort, np.nan)
    return replace(
        cut,
        cohort=cohort,
        cohort_labels=labels,
        event_time=since,
        post=(since >= 0).astype(np.float64),
        starts=None,
    )


def with_rows(data: ModelData, kept: NDArray[np.bool_]) -> ModelData:
    """Return the data of some periods of every cohort.

    Parameters
    ----------
    data
        Rows, or cells by cohort and period.
    kept
        Which entries, alike for all of one cohort and period, shape ``(n,)``.

    Raises
    ------
    NeedsRows
        Where cells do not show which units leave.
    """
    if not data.from_cells:
        return subset(data, np.flatnonzero(kept))
    if data.unit_shares is not None and not data.complete:
        raise NeedsRows("units seen in some periods only lose periods that differ by cohort")
    share, units = _shares(data, kept), _units(data, kept)
    cut = subset(data, np.flatnonzero(kept))
    return replace(cut, units=units, complete=None, seen=None, unit_shares=share)


def _shares(data: ModelData, kept: NDArray[np.bool_]) -> FloatArray | None:
    """Return 1 / (rows of the row's unit) summed by cell, after units lost their last periods."""
    if data.unit_shares is None or data.period is None or data.cohort is None:
        return None
    length = len(np.unique(data.period))
    share = data.unit_shares.copy()
    for one in np.unique(data.cohort):
        own = data.cohort == one
        left = len(np.unique(data.period[own & kept]))
        share[own] *= length / max(left, 1)
    return np.asarray(share[kept])


def _units(data: ModelData, kept: NDArray[np.bool_]) -> int | None:
    """Return the units that keep a row, ``None`` where nobody counted them."""
    if not data.from_cells or data.cohort is None:
        return None
    whole = [one for one in np.unique(data.cohort) if (kept & (data.cohort == one)).any()]
    return units_among(data, np.isin(data.cohort, whole))
