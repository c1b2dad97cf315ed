"""Evaluate a predicate at the moment that the spec names."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.data.filters import satisfied
from evaluation.data.panel import Panel
from evaluation.errors import DataError
from evaluation.spec.dates import Dated
from evaluation.spec.filters import FixedDate, Predicate

AGE = "age_months"
BoolArray = NDArray[np.bool_]


def holds(panel: Panel, predicate: Predicate, where: str) -> BoolArray:
    """Return where a predicate holds, evaluated at its own moment.

    ``period_start`` reads ``age_months`` less the period's length, any other column one period
    earlier; a fixed date reads the value at that date; ``entry`` and ``decision`` read it in the
    month in which the row's spell of receipt began, or the condition in force was imposed.

    Raises
    ------
    DataError
        Where the moment needs a unit or time that the panel does not name.
    """
    known = panel.answer(where)
    if known is not None:
        return known.eq(1).to_numpy(dtype=bool)
    return satisfied(_values(panel, predicate, where), predicate, where)


def undecided(panel: Panel, predicate: Predicate, where: str) -> BoolArray:
    """Return where a predicate's value is missing at its moment and the spec is silent on that."""
    if predicate.missing is not None:
        return np.zeros(len(panel.frame), dtype=bool)
    known = panel.answer(where)
    if known is not None:
        return known.isna().to_numpy(dtype=bool)
    return _values(panel, predicate, where).isna().to_numpy(dtype=bool)


def _values(panel: Panel, predicate: Predicate, where: str) -> pd.Series:
    """Return the predicate's column as it stood at its moment."""
    moment = predicate.assigned_at
    if moment == "entry" or moment == "decision":
        return panel.frame[Dated(predicate.column, start=moment).name]
    values = panel.frame[predicate.column]
    if moment == "period_end":
        return values
    if panel.period is None:
        raise DataError(f"{where}.assigned_at: needs panel.time")
    dated = isinstance(moment, FixedDate) or predicate.column == AGE
    if dated and panel.calendar.unit == "integer":
        raise DataError(
            f"{where}.assigned_at: counts months, but the panel's time is whole numbers; "
            "see panel.time_unit"
        )
    if isinstance(moment, FixedDate):
        at = panel.calendar.of_date(moment.date)
        if predicate.column == AGE:
            return values - (panel.period - at) * panel.calendar.months
        return _at(panel, values, np.full(len(values), at), where)
    if predicate.column == AGE:
        return values - panel.calendar.months
    return _at(panel, values, panel.period - 1, where)


def _at(panel: Panel, values: pd.Series, wanted: NDArray[np.int64], where: str) -> pd.Series:
    """Return each row's unit's value at another period, missing where it was not observed."""
    if panel.unit is None or panel.period is None:
        raise DataError(f"{where}.assigned_at: needs panel.unit and panel.time")
    unit = panel.frame[panel.unit]
    known = pd.Series(values.to_numpy(), index=pd.MultiIndex.from_arrays([unit, panel.period]))
    asked = pd.MultiIndex.from_arrays([unit, wanted])
    return known.reindex(asked).reset_index(drop=True)
