"""The assignment of a two-way fit: its treatment by cluster and period, with the cells it needs."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.cells.assignment import Assignment, NotAssigned
from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.estimators._columns import control_columns, dense_codes
from evaluation.estimators._guards import codes_of
from evaluation.estimators._problem import DetailValue
from evaluation.estimators.contract import Setting
from evaluation.inference.small_sample import is_nested


def assignment_of(
    data: ModelData,
    setting: Setting,
    dose: FloatArray,
    details: tuple[tuple[str, str, DetailValue], ...],
    always: NDArray[np.bool_] | None = None,
) -> Assignment | NotAssigned | None:
    """Return who is treated when by cluster, or why that is not what the fit rests on.

    ``None`` where no check asks for it.

    Parameters
    ----------
    data
        Rows or cells, those of the fit.
    setting
        The model.
    dose
        Treatment of every entry, shape ``(n,)``.
    details
        Of the solved regression: the small-sample factor of ``cr1`` is among them.
    always
        Entries of clusters treated from the first period on and kept, shape ``(n,)``.
    """
    if "assignment" not in setting.evidence:
        return None
    reason = _unfit(data, setting, dose, always)
    if reason or data.period is None:
        return NotAssigned(reason or "the panel has no time")
    # Period effects of their own make up for all that always-treated clusters hold.
    rows = np.arange(data.entries) if always is None else np.flatnonzero(~always)
    cluster = dense_codes(codes_of(data, setting.inference.cluster[0])[rows])
    period = dense_codes(data.period[rows])
    groups, periods = int(cluster.max()) + 1, int(period.max()) + 1
    weight = np.ones(data.entries) if data.weight is None else data.weight
    controls = control_columns(data, setting.controls)
    values = np.column_stack([*controls.values(), data.y])[rows]
    values = values - np.average(values, axis=0, weights=weight[rows])
    spot, size = cluster * periods + period, groups * periods
    mass = np.bincount(spot, weight[rows], size).astype(np.float64)
    means = _sums(spot, values * weight[rows, None], size) / np.where(mass > 0, mass, 1.0)[:, None]
    width = values.shape[1]
    scatter = _scatter(values - means[spot], weight[rows], cluster, groups)
    if data.within is not None:
        inside = data.within.of((*controls, "y"))[rows].reshape(len(rows), width * width)
        scatter += _sums(cluster, inside, groups).reshape(scatter.shape)
    means = means.reshape(groups, periods, width)
    paths, kind = _paths(data, setting, rows, cluster, period)
    return Assignment(
        weight=mass.reshape(groups, periods),
        y=means[:, :, -1],
        controls=means[:, :, :-1],
        scatter=scatter,
        paths=paths,
        kind=kind,
        factor=_factor(details),
        strata={
            name: _by_cluster(data, name, rows, cluster)
            for name in setting.strata
            if _constant(data, name, rows, cluster)
        },
        column=setting.inference.cluster[0],
        labels=tuple(_labels(data, setting.inference.cluster[0], rows, cluster)),
    )


def _factor(details: tuple[tuple[str, str, DetailValue], ...]) -> float:
    """Return the factor of ``cr1``, which stands beside that of ``cr3``."""
    named = {name: value for term, name, value in details if term == ""}
    factor = named.get("cr1_small_sample_factor", named.get("small_sample_factor"))
    return float(factor) if isinstance(factor, int | float) else 1.0


def _sums(codes: IntArray, values: FloatArray, size: int) -> FloatArray:
    return np.column_stack([np.bincount(codes, column, size) for column in values.T])


def _scatter(rest: FloatArray, weight: FloatArray, cluster: IntArray, groups: int) -> FloatArray:
    """Return weighted cross-products by cluster, shape ``(G, v, v)``."""
    width = rest.shape[1]
    found = np.zeros((groups, width, width))
    for i in range(width):
        for j in range(i + 1):
            found[:, i, j] = np.bincount(cluster, weight * rest[:, i] * rest[:, j], groups)
            found[:, j, i] = found[:, i, j]
    return found


def _unfit(
    data: ModelData, setting: Setting, dose: FloatArray, always: NDArray[np.bool_] | None
) -> str:
    """Return why there is no assignment to permute, empty where there is one."""
    names = setting.inference.cluster
    if len(names) != 1:
        return "permuting clusters takes exactly one cluster"
    if names[0] not in data.columns:
        return f"no cell is made of cluster {names[0]!r}"
    if data.period is None:
        return "the panel has no time"
    if data.dose is not None:
        return "design.treatment varies over time and names no groups that could be permuted"
    cluster, period = codes_of(data, names[0]), dense_codes(data.period)
    joint = cluster * (int(period.max()) + 1) + period
    member = data.cohort if data.cohort is not None else data.treated
    if member is None or not is_nested(cluster, dense_codes(member)):
        return (
            f"treatment differs inside clusters of {names[0]!r}, so no assignment of whole "
            "clusters could be permuted"
        )
    if not is_nested(dense_codes(joint), dense_codes(dose)):
        return "treatment differs inside a cluster and period"
    effects = [codes_of(data, name) for name in setting.fixed_effects]
    if setting.design.kind == "staggered_did":
        effects.append(period)
    whole = (_same(effects, cluster), _same(effects, period))
    others = [c for c in effects if not (is_nested(cluster, c) or is_nested(period, c))]
    if not all(whole) or others:
        return (
            "the permuted statistic has effects of cluster and period and no others: set "
            f"fixed_effects to {names[0]!r} and the panel's time"
        )
    if always is not None and always.any() and setting.controls:
        return (
            "clusters treated from the first period on are kept in beside controls: set "
            "design.always_treated = 'drop'"
        )
    return ""


def _same(effects: list[IntArray], codes: IntArray) -> bool:
    """Whether one of the effects has the same levels as some codes."""
    return any(is_nested(one, codes) and is_nested(codes, one) for one in effects)


def _paths(
    data: ModelData, setting: Setting, rows: IntArray, cluster: IntArray, period: IntArray
) -> tuple[FloatArray, IntArray]:
    """Return the kinds of path, shape ``(C, T)``, and that of every cluster, shape ``(G,)``."""
    moments = np.zeros(int(period.max()) + 1)
    if data.cohort is not None and setting.design.kind == "staggered_did":
        cohorts, codes = np.unique(data.cohort[rows], return_inverse=True)
        moments[period] = np.asarray(data.period)[rows]
        paths = (moments[None, :] >= cohorts[:, None]).astype(np.float64)
    else:
        codes = np.asarray(data.treated)[rows].astype(np.int64)
        moments[period] = np.asarray(data.post)[rows]
        paths = np.vstack([np.zeros(len(moments)), moments])
    kind = np.zeros(int(cluster.max()) + 1, dtype=np.int64)
    kind[cluster] = codes
    return paths, kind


def _constant(data: ModelData, name: str, rows: IntArray, cluster: IntArray) -> bool:
    codes = pd.factorize(data.columns[name].to_numpy()[rows], sort=False)[0] + 1
    return is_nested(cluster, codes.astype(np.int64))


def _labels(data: ModelData, name: str, rows: IntArray, cluster: IntArray) -> list[Hashable]:
    """Return the value of every cluster, as Python has it."""
    first = np.unique(cluster, return_index=True)[1]
    found: list[Hashable] = data.columns[name].to_numpy()[rows[first]].tolist()
    return found


def _by_cluster(data: ModelData, name: str, rows: IntArray, cluster: IntArray) -> IntArray:
    codes = pd.factorize(data.columns[name].to_numpy()[rows], sort=False)[0]
    found = np.full(int(cluster.max()) + 1, -1, dtype=np.int64)
    found[cluster] = codes
    return found
