"""Build the rows that one model sees for one outcome."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.data.kept import kept_rows
from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.data.model_refusals import (
    all_missing,
    cluster_moves,
    free_clusters,
    moving_cluster,
    none_left,
    not_binary,
)
from evaluation.data.numbers import numbers_of
from evaluation.data.outcome_dates import BEYOND, CARRIED, beyond_data, carried_over
from evaluation.data.panel import Panel
from evaluation.data.roles import Roles
from evaluation.data.unit_labels import unit_labels
from evaluation.errors import DataError
from evaluation.spec.columns import columns_of_model, columns_with_gaps
from evaluation.spec.evidence import strata_of
from evaluation.spec.identities import SHARED, companions
from evaluation.spec.model import Model
from evaluation.spec.sample import Outcome
from evaluation.spec.spec import Spec

BoolArray = NDArray[np.bool_]


def model_rows(
    panel: Panel, roles: Roles, spec: Spec, model: Model, name: str, outcome: Outcome
) -> ModelData:
    """Return the rows that ``model`` sees for one outcome, nothing missing in them.

    Raises
    ------
    DataError
        Non-numeric outcome or control, every outcome missing, a cluster that moves, no rows.
    """
    frame = panel.frame
    rows = kept_rows(panel, roles, model)
    values = outcome_values(frame, name, outcome)
    dropped: dict[str, int] = {}
    if outcome.dated.moved:
        seen = ~np.isnan(values)
        for reason, out in (
            (CARRIED, carried_over(panel, roles, spec, outcome.dated)),
            (BEYOND, beyond_data(panel, outcome.dated, seen)),
        ):
            dropped[reason] = int((rows & out).sum())
            rows &= ~out
        if not rows.any():
            raise none_left(model, name, dropped)
    dropped["missing outcome"] = int((rows & np.isnan(values)).sum())
    if rows.any() and dropped["missing outcome"] == rows.sum():
        raise all_missing(name, outcome)
    if outcome.kind == "binary" and not (panel.averaged or _is_binary(values[rows])):
        raise not_binary(name, outcome)
    rows &= ~np.isnan(values)
    for other in companions(spec, outcome):
        absent = rows & np.isnan(outcome_values(frame, name, other))
        dropped[SHARED] = dropped.get(SHARED, 0) + int(absent.sum())
        rows &= ~absent
    columns = {column: frame[column] for column in columns_of_model(model)}
    for column in model.controls:
        columns[column] = pd.Series(
            numbers_of(columns[column], f"models.{model.id}.controls", column)
        )
    for column, series in columns.items():
        absent = rows & series.isna().to_numpy()
        dropped[f"missing {column}"] = int(absent.sum())
        rows &= ~absent
    weight = _weight(panel, outcome.measured, rows)
    if weight is not None:
        dropped["missing or zero weight"] = int((rows & ~(weight > 0)).sum())
        rows &= weight > 0
    for received in (roles.dose, roles.treatment):
        if received is not None:
            dropped["missing treatment"] = int((rows & np.isnan(received)).sum())
            rows &= ~np.isnan(received)
    if model.options.compares_third and roles.third is not None:
        dropped["missing third group"] = int((rows & np.isnan(roles.third)).sum())
        rows &= ~np.isnan(roles.third)
    if type(model.options).INSTRUMENT and roles.instrument is not None:
        dropped["missing instrument"] = int((rows & np.isnan(roles.instrument)).sum())
        rows &= ~np.isnan(roles.instrument)
    for column in strata_of(spec, model):
        columns.setdefault(column, frame[column])
    for column in columns_with_gaps(model):
        where = f"models.{model.id}"
        columns.setdefault(column, pd.Series(numbers_of(frame[column], where, column)))
    if not rows.any():
        raise none_left(model, name, dropped)
    warnings = _moving(panel, rows, spec, model)
    data = _select(panel, roles, rows, name, values, columns, weight, dropped)
    return replace(data, warnings=warnings, unit_labels=unit_labels(panel, rows, spec))


def outcome_values(frame: pd.DataFrame, name: str, outcome: Outcome) -> FloatArray:
    """Return an outcome's values, transformed as its table says, shape ``(n,)``.

    Raises
    ------
    DataError
        Where the column holds text, or the logarithm of a value that is not positive is asked for.
    """
    values = numbers_of(frame[outcome.measured], f"outcomes.{name}", outcome.measured)
    if outcome.transform is None:
        return values
    if (values <= 0).any():
        raise DataError(
            f"outcomes.{name}: transform is 'log', but column {outcome.column!r} holds "
            f"{int((values <= 0).sum())} values that are not positive; drop them in sample.keep"
        )
    return np.log(values)


def _is_binary(values: FloatArray) -> bool:
    return bool(np.isin(values[~np.isnan(values)], (0.0, 1.0)).all())


def _weight(panel: Panel, column: str, rows: BoolArray) -> FloatArray | None:
    name = panel.weight_of(column)
    if name is None:
        return None
    weight = numbers_of(panel.frame[name], "panel.weight", name)
    if (weight[rows] < 0).any():
        raise DataError(f"panel.weight: column {name!r} holds negative values")
    return weight


def _moving(panel: Panel, rows: BoolArray, spec: Spec, model: Model) -> tuple[str, ...]:
    """Return a warning for every cluster that changes inside a unit, where the model keeps it.

    Raises
    ------
    DataError
        Where the model does not say so: clusters are frozen residence.
    """
    if panel.unit is None:
        return ()
    unit = pd.factorize(panel.frame[panel.unit][rows])[0]
    warnings = []
    for cluster in free_clusters(spec, model):
        code = pd.factorize(panel.frame[cluster][rows])[0]
        if panel.period is not None and _follows(code, panel.period[rows]):
            continue  # a cluster of time itself
        moved = (unit[1:] == unit[:-1]) & (code[1:] != code[:-1])
        count = len(np.unique(unit[1:][moved]))
        if count and model.moving_clusters != "keep":
            raise moving_cluster(model, cluster, count)
        if count:
            warnings.append(cluster_moves(cluster, count))
    return tuple(sorted(warnings))


def _follows(code: IntArray, period: IntArray) -> bool:
    """Whether a column has one value in each period."""
    pairs = np.unique(np.column_stack([period, code]), axis=0)
    return len(pairs) == len(np.unique(period))


def _select(
    panel: Panel,
    roles: Roles,
    rows: BoolArray,
    name: str,
    values: FloatArray,
    columns: dict[str, pd.Series],
    weight: FloatArray | None,
    dropped: dict[str, int],
) -> ModelData:
    def part(array: FloatArray | None) -> FloatArray | None:
        return None if array is None else array[rows]

    period = None if panel.period is None else panel.period[rows]
    labels = (
        {} if period is None else {int(p): panel.calendar.label(int(p)) for p in np.unique(period)}
    )
    unit = None
    if panel.unit is not None:
        unit = pd.factorize(panel.frame[panel.unit][rows], sort=True)[0].astype(np.int64)
    chosen = {column: series.to_numpy()[rows] for column, series in columns.items()}
    return ModelData(
        outcome=name,
        y=values[rows],
        columns=pd.DataFrame(chosen, index=range(int(rows.sum()))),
        weight=part(weight),
        unit=unit,
        period=period,
        period_labels=labels,
        period_months=panel.calendar.months,
        treated=part(roles.treated),
        post=part(roles.post),
        dose=part(roles.dose),
        event_time=part(roles.event_time),
        cohort=part(roles.cohort),
        cohort_labels=roles.cohort_labels,
        running=part(roles.running),
        treatment=part(roles.treatment),
        share_above=part(roles.share_above),
        third=part(roles.third),
        instrument=part(roles.instrument),
        instrument_times=part(roles.instrument_times),
        dropped={reason: count for reason, count in dropped.items() if count},
    )
