"""Every cohort before anyone adopts: how large it is, and the means of its outcomes."""

from __future__ import annotations

import numpy as np

from evaluation.cells.supply import Supply
from evaluation.data.prepare import Prepared
from evaluation.estimators.fitting import ModelResult
from evaluation.report.observed._groups import BoolArray, counts_of, values_of, weights_of
from evaluation.report.point_table import PointTable, Value
from evaluation.spec.horizons import parted
from evaluation.spec.spec import Spec

COLUMNS = ("outcome", "cohort", "place", "mean", "rows", "units", "first_period", "last_period")


def observe(supply: Supply, spec: Spec, results: tuple[ModelResult, ...]) -> dict[str, PointTable]:
    """Return the means of outcomes by cohort, over the periods before the first adoption.

    A cohort that adopts in or before the first period is left out: it has no time before.
    """
    del results
    rows: list[tuple[Value, ...]] = []
    for name, outcome in spec.outcomes.items():
        if parted(name)[1] is None and (sample := supply.at_hand(outcome.measured)) is not None:
            rows += _of(sample, name, outcome.measured)
    return {"cohorts": PointTable(COLUMNS, tuple(rows))} if rows else {}


def _of(sample: Prepared, name: str, column: str) -> list[tuple[Value, ...]]:
    cohort, period = sample.roles.cohort, sample.panel.period
    values = values_of(sample, column)
    if cohort is None or period is None or values is None:
        return []
    later = np.isfinite(cohort) & (cohort > period.min())
    if not later.any():
        return []
    weight = weights_of(sample, column)
    before = (period < cohort[later].min()) & ~np.isnan(values) & (weight > 0)
    if not before.any():
        return []
    label = sample.panel.calendar.label
    ends = label(int(period[before].min())), label(int(period[before].max()))
    rows: list[tuple[Value, ...]] = []
    for date in (*np.unique(cohort[later]).tolist(), np.inf):
        chosen = before & (cohort == date)
        if chosen.any():
            mean = float(np.sum(weight[chosen] * values[chosen]) / np.sum(weight[chosen]))
            count = round(float(np.sum(counts_of(sample.panel)[chosen])))
            own = ("never", None) if np.isinf(date) else (label(int(date)), int(date))
            rows.append((name, *own, mean, count, _units(sample, chosen), *ends))
    return rows


def _units(sample: Prepared, chosen: BoolArray) -> int | None:
    unit = sample.panel.unit
    return None if unit is None else int(sample.panel.frame[unit][chosen].nunique())
