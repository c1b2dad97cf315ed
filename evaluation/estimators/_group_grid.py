"""Groups over periods, with the treatment of each: what switching estimators are made of."""

from __future__ import annotations

import numpy as np

from evaluation.cells.needs_rows import NeedsRows
from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.errors import DataError
from evaluation.estimators._blocks import Blocks, blocks_of
from evaluation.estimators._columns import dense_codes
from evaluation.estimators._guards import codes_of, is_far, required, required_period
from evaluation.estimators._switches import Grid
from evaluation.estimators.contract import Setting
from evaluation.inference.small_sample import is_nested


def grid_of(data: ModelData, setting: Setting) -> tuple[Grid, Blocks]:
    """Return groups over periods, and the clusters that they lie in.

    Parameters
    ----------
    data
        Rows or cells of one outcome.
    setting
        The model; its options have ``group``.

    Raises
    ------
    DataError
        Where treatment differs inside a group and period or has other values than 0 and 1, a group
        lies in several clusters, or there is no group.
    NeedsRows
        Where no cell is made of the cluster or of groups.
    """
    treatment = _treatment(data, setting)
    group, words = _groups(data, setting)
    blocks = _blocks(data, setting, group)
    period = dense_codes(required_period(data))
    groups, periods = int(group.max()) + 1, int(period.max()) + 1
    spot = group * periods + period
    if not is_nested(spot, treatment.astype(np.int64)):
        raise DataError(
            f"outcome {data.outcome}: treatment differs inside {words} and period, and a group has "
            "one: name finer groups with group = ..."
        )
    if not is_nested(group, blocks.codes):
        raise DataError(
            f"outcome {data.outcome}: {words} has rows in several clusters of {blocks.name!r}, and "
            "its change belongs to one: name a coarser cluster, or freeze it at one date"
        )
    weight = np.ones(data.entries) if data.weight is None else data.weight
    size = groups * periods
    mass = np.bincount(spot, weight, size).astype(np.float64)
    centre = np.average(data.y, weights=weight)
    total = np.bincount(spot, weight * (data.y - centre), size)
    y = np.where(mass > 0, total / np.where(mass > 0, mass, 1.0), np.nan)
    treated = np.zeros(size, dtype=bool)
    treated[spot] = treatment > 0
    block = np.zeros(groups, dtype=np.int64)
    block[group] = blocks.codes
    shape = (groups, periods)
    rows = np.bincount(spot, data.rows, size).astype(np.int64)
    grid = Grid(
        y=y.reshape(shape),
        weight=mass.reshape(shape),
        rows=rows.reshape(shape),
        treated=treated.reshape(shape),
        block=block,
    )
    return grid, blocks


def _treatment(data: ModelData, setting: Setting) -> FloatArray:
    """Return the treatment of every entry, shape ``(n,)``.

    Raises
    ------
    DataError
        Where it has other values than 0 and 1.
    """
    if setting.design.kind == "staggered_did":
        cohort = required(data.cohort, "a cohort", data.outcome)
        return (required_period(data) >= cohort).astype(np.float64)
    if data.dose is None:
        treated = required(data.treated, "a treatment", data.outcome)
        return treated * required(data.post, "a first post period", data.outcome)
    if not np.isin(data.dose, (0.0, 1.0)).all():
        raise DataError(
            f"outcome {data.outcome}: design.treatment has other values than 0 and 1, and "
            "switching compares groups with and without: cut the column in [derive], or use "
            "estimator = 'twfe'"
        )
    return data.dose


def _groups(data: ModelData, setting: Setting) -> tuple[IntArray, str]:
    """Return the group of every entry, shape ``(n,)``, and what a group is.

    Raises
    ------
    DataError
        Where the model names no group and the panel no unit.
    NeedsRows
        Where no cell is made of groups.
    """
    group = setting.options.group
    if group is not None:
        if is_far(data, group):
            raise NeedsRows(f"no cell is made of group {group}")
        return codes_of(data, group), f"a value of {group!r}"
    if data.unit is None:
        if data.from_cells:
            raise NeedsRows("no cell is made of units or of types of them")
        raise DataError(
            "switching: rows without a unit need a group: set panel.unit, or group in the model"
        )
    return dense_codes(data.unit), "a unit"


def _blocks(data: ModelData, setting: Setting, group: IntArray) -> Blocks:
    """Return the clusters, or the groups where the model names none."""
    name = setting.options.group
    if setting.inference.cluster or name is None or setting.inference.variance != "hc1":
        return blocks_of(data, setting, "switching")
    weight = np.ones(data.entries) if data.weight is None else data.weight
    return Blocks(group, 1.0, name, False, np.bincount(group, weight).astype(np.float64))
