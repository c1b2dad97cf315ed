"""A regression made of a model's data, rows or cells."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from evaluation.cells.needs_rows import NeedsRows
from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.estimators._columns import control_columns
from evaluation.estimators._guards import cluster_codes, is_far
from evaluation.estimators._problem import Problem
from evaluation.estimators._slopes import Slope
from evaluation.estimators.contract import Setting


def problem_of(
    data: ModelData,
    setting: Setting,
    main: Mapping[str, FloatArray],
    codes: IntArray,
    intensity: FloatArray,
    labels: tuple[str, ...],
    effects: dict[str, IntArray],
    also: tuple[FloatArray, ...] = (),
    slopes: tuple[Slope, ...] = (),
) -> Problem:
    """Return the regression of the outcome on controls, main effects and what is of interest.

    Parameters
    ----------
    data
        Rows of one outcome, or cells.
    setting
        The model.
    main
        Main effects by name, after the controls.
    codes, intensity, labels, effects, also, slopes
        As in :class:`Problem`.

    Raises
    ------
    SpecError
        Where a clustered variance names no cluster.
    DataError
        Where a cluster has one value.
    NeedsRows
        Where no cell is made of a cluster, and there is no second pass.
    """
    clusters = cluster_codes(data, setting.inference)
    names = setting.inference.cluster
    far = far_clusters(data, names)
    weight = np.ones(data.entries) if data.weight is None else data.weight
    return Problem(
        outcome=f"outcome {data.outcome}",
        y=data.y,
        weight=weight,
        nuisance={**control_columns(data, setting.controls), **main},
        codes=codes,
        intensity=intensity,
        labels=labels,
        effects=effects,
        clusters=clusters,
        n_obs=data.n_obs,
        cluster_names=names,
        far=far,
        cluster_rows=np.bincount(clusters[0], data.rows).astype(np.float64) if clusters else None,
        within=data.within,
        levels=data.levels,
        second_pass=data.second_pass,
        weighted=data.weighted,
        memo=data.memo,
        also=also,
        slopes=slopes,
    )


def far_clusters(data: ModelData, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the clusters that no cell is made of.

    Raises
    ------
    NeedsRows
        Where there is one, and no second pass.
    """
    far = tuple(name for name in names if is_far(data, name))
    if far and data.second_pass is None:
        raise NeedsRows(f"no cell is made of cluster {far[0]}")
    return far
