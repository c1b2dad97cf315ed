"""Evaluate a predicate at the moment that the spec names."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.data.filters import satisfied
from evaluation.data.panel import Panel
from evaluation.errors import DataError
from evaluation.spec.filters import FixedDate, Predicate

AGE = "age_months"
BoolArray = NDArray[np.bool_]


def holds(panel: Panel, predicate: Predicate, where: str) -> BoolArray:
    """Return where a predicate holds, evaluated at its own moment.

    ``period_start`` reads ``age_months`` less the period's length, any other column one period
    earlier; a fixed date reads the value at that date.

    Raises
    ------
    DataError
        Where the moment needs a unit or time that the panel does not name.
    """
    values = panel.frame[predicate.column]
    moment = predicate.assigned_at
    if moment == "period_end":
        return satisfied(values, predicate, where)
    if panel.period is None:
        raise DataError(f"{where}.assigned_at: needs panel.time")
    if isinstance(moment, FixedDate):
        at = panel.calendar.of_date(moment.date)
        if predicate.column == AGE:
            return satisfied(values - (panel.period - at) * panel.calendar.months, predicate, where)
        return satisfied(_at(panel, values, np.full(len(values), at), where), predicate, where)
    if predicate.column == AGE:
        return satisfied(values - panel.calendar.months, predicate, where)
    return satisfied(_at(panel, values, panel.period - 1, where), predicate, where)


def _at(panel: Panel, values: pd.Series, wanted: NDArray[np.int64], where: str) -> pd.Series:
    """Return each row's unit's value at another period, missing where it was not observed."""
    if panel.unit is None or panel.period is None:
        raise DataError(f"{where}.assigned_at: needs panel.unit and panel.time")
    unit = panel.frame[panel.unit]
    known = pd.Series(values.to_numpy(), index=pd.MultiIndex.from_arrays([unit, panel.period]))
    asked = pd.MultiIndex.from_arrays([unit, wanted])
    return known.reindex(asked).reset_index(drop=True)
