"""Collapse rows: months to longer periods, persons to groups."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from evaluation.data.panel import Panel
from evaluation.data.periods import Calendar
from evaluation.errors import DataError
from evaluation.spec.columns import columns_with_gaps
from evaluation.spec.options import ColumnName
from evaluation.spec.sample import GroupedRows
from evaluation.spec.spec import Spec
from evaluation.spec.walk import marked_values

ROWS = "rows_in_group"


def coarsen(panel: Panel, spec: Spec) -> Panel:
    """Return one row a unit and period: outcomes averaged, other columns as last seen.

    A person-quarter's employment is the share of its months in work; its age and residence are
    those of its last month. Its time is that of the period, the same for all, so that effects of
    time are effects of the period: the last one that anybody has in it.
    """
    if panel.unit is None or panel.period is None or not _may_share_period(panel.calendar):
        return panel
    averaged = averaged_columns(spec)
    unit = pd.factorize(panel.frame[panel.unit])[0]
    starts = np.flatnonzero(np.r_[True, (np.diff(unit) != 0) | (np.diff(panel.period) != 0)])
    if len(starts) == len(panel.frame):
        return panel
    ends = np.r_[starts[1:], len(panel.frame)] - 1
    frame = panel.frame.iloc[ends].reset_index(drop=True)
    for name in averaged:
        frame[name] = _means(panel.frame[name], starts, f"outcome column {name!r}")
    if spec.panel.time is not None and spec.panel.time not in averaged:
        latest = panel.frame[spec.panel.time].groupby(panel.period).max()
        frame[spec.panel.time] = latest.loc[panel.period[ends]].to_numpy()
    source = "dates" if panel.calendar.unit == "date" else "months"
    label = {1: "months", 3: "quarters", 12: "years"}[panel.calendar.months]
    return replace(
        panel, frame=frame, period=panel.period[ends], moment=None, averaged=True
    ).counted(f"{source} to {label}")


def _may_share_period(calendar: Calendar) -> bool:
    """Whether several times of the source fall into one period."""
    return calendar.months > 1 or calendar.unit == "date"


def group_rows(panel: Panel, spec: Spec, rows: GroupedRows) -> Panel:
    """Return one row for each combination of ``by`` and period, weighted by its rows.

    Outcomes and controls are averaged; every other column that the design or a model names must
    be constant inside a group, and what only the sample named is left behind. Rows without a
    group or a weight leave first, counted.

    Raises
    ------
    DataError
        Where a column that is not averaged varies inside a group.
    """
    for name in (*rows.by, *filter(None, [panel.weight])):
        known = panel.frame[name].notna().to_numpy()
        panel = panel if known.all() else panel.take(known, f"known {name}")
    frame = panel.frame.copy()
    averaged = [name for name in averaged_columns(spec) if name not in rows.by]
    keys = [frame[name] for name in rows.by]
    if panel.period is not None:
        keys.append(pd.Series(panel.period, name="period_index"))
    code = pd.DataFrame({str(at): pd.factorize(key, sort=True)[0] for at, key in enumerate(keys)})
    group = code.groupby(list(code.columns), sort=True).ngroup().to_numpy()
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(group[order]) != 0])
    frame = frame.iloc[order].reset_index(drop=True)
    collapsed = frame.iloc[starts].reset_index(drop=True)
    weight = frame[panel.weight] if panel.weight else pd.Series(np.ones(len(frame)))
    total = np.add.reduceat(weight.to_numpy(np.float64), starts)
    weights = {}
    for name in averaged:
        collapsed[name] = _means(frame[name], starts, f"outcome column {name!r}", weight)
        if frame[name].isna().any():
            # A mean over some of a group's rows weighs as those rows, not as the group.
            seen = weight.to_numpy(np.float64) * frame[name].notna().to_numpy()
            weights[name] = f"{ROWS} with {name}"
            collapsed[weights[name]] = np.add.reduceat(seen, starts)
    kept = {*averaged, *rows.by, spec.panel.time}
    for name in columns_used_later(spec) - kept - {panel.weight}:
        _refuse_variation(frame[name], starts, name)
    kept |= columns_used_later(spec) | set(weights.values())
    collapsed = collapsed.loc[:, [name for name in collapsed.columns if name in kept]]
    collapsed[ROWS] = total
    unit = "/".join(rows.by)
    if len(rows.by) > 1:
        collapsed[unit] = collapsed[list(rows.by)].astype(str).agg("/".join, axis=1)
    period = None if panel.period is None else panel.period[order][starts]
    return replace(
        panel,
        frame=collapsed,
        period=period,
        moment=None,
        unit=unit,
        weight=ROWS,
        averaged=True,
        weights=weights,
    ).counted(f"rows grouped by {', '.join(rows.by)}")


def averaged_columns(spec: Spec) -> list[str]:
    """Return the columns that are averaged where rows are collapsed: outcomes and controls."""
    names = [outcome.measured for outcome in spec.outcomes.values()]
    names += [e.first_stage for e in spec.smallest_effect_of_interest if e.first_stage]
    names += [control for model in spec.models for control in model.controls]
    exposure = getattr(spec.design, "exposure", None)
    names += [] if exposure is None else [exposure]
    names += [column for model in spec.models for column in columns_with_gaps(model)]
    return list(dict.fromkeys(names))


def columns_used_later(spec: Spec) -> set[str]:
    """Return the columns that the design and the models read after the sample is drawn."""
    tables = [spec.design, *spec.models, *(model.options for model in spec.models)]
    return {column for table in tables for _, column in marked_values(table, ColumnName)}


def _means(
    column: pd.Series, starts: np.ndarray, where: str, weight: pd.Series | None = None
) -> np.ndarray:
    """Return the mean of each run of rows, missing values left out."""
    if not pd.api.types.is_numeric_dtype(column):
        raise DataError(f"{where}: holds text; rows can be averaged over numbers only")
    values = column.to_numpy(np.float64)
    seen = ~np.isnan(values)
    mass = seen if weight is None else seen * weight.to_numpy(np.float64)
    sums = np.add.reduceat(np.where(seen, values, 0.0) * mass, starts)
    counts = np.add.reduceat(mass.astype(np.float64), starts)
    means = np.full(len(starts), np.nan)
    np.divide(sums, counts, out=means, where=counts > 0)
    return means


def _refuse_variation(column: pd.Series, starts: np.ndarray, name: str) -> None:
    codes = pd.factorize(column)[0].astype(np.int64)
    low = np.minimum.reduceat(codes, starts)
    high = np.maximum.reduceat(codes, starts)
    varying = int((low != high).sum())
    if varying:
        raise DataError(
            f"sample.rows: column {name!r} varies inside {varying} groups; "
            "add it to by, or leave it out of design and models"
        )
