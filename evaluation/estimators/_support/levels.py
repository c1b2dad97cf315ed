"""The smallest level that has a coefficient of its own in a model: of an effect, or a dummy."""

from __future__ import annotations

import numpy as np
import pandas as pd

from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.estimators._guards import codes_of
from evaluation.estimators._support.behind import Units
from evaluation.estimators.contract import Setting


def smallest_level(data: ModelData, setting: Setting) -> Units | None:
    """Return the units of the smallest level, ``None`` where there is none or nobody can tell.

    Levels are those of fixed effects but of units and of time, and the rarer value of controls
    that are 0 or 1. In cells so many units are sure as a level has rows in its fullest period.

    Parameters
    ----------
    data
        Rows or cells of one outcome.
    setting
        The model.
    """
    found: list[Units] = []
    for name in (*setting.fixed_effects, *setting.controls):
        if name == setting.unit or name not in data.columns:
            continue
        values = data.columns[name]
        if name in setting.controls:
            dummy = _dummy(data, name, values)
            if dummy is None:
                continue
            small = _of_rows(data, dummy)
        else:
            codes = codes_of(data, name)
            if _is_time(data, codes):
                continue
            small = _of_levels(data, codes)
        if small is None:
            return None
        found.append(small)
    if not found:
        return None
    least = min(found, key=lambda one: one.count)
    return Units(least.count, all(one.exact for one in found))


def smallest_of(data: ModelData, column: str) -> Units | None:
    """Return the units of the smallest level of one column, ``None`` where nobody can tell.

    Parameters
    ----------
    data
        Rows or cells of one outcome.
    column
        One of its columns.
    """
    return _of_levels(data, codes_of(data, column))


def _rows(data: ModelData) -> FloatArray:
    return np.ones(data.entries) if data.rows is None else data.rows.astype(np.float64)


def _is_time(data: ModelData, codes: IntArray) -> bool:
    """Whether every level is one period, or every period has one level."""
    if data.period is None:
        return False
    pairs = len(pd.unique(codes * (int(data.period.max()) + 1) + data.period))
    return pairs in (len(pd.unique(codes)), len(pd.unique(data.period)))


def _dummy(data: ModelData, name: str, values: pd.Series) -> FloatArray | None:
    """Return the rows with the rarer value behind each entry, ``None`` where it is no dummy."""
    x, rows = values.to_numpy(np.float64), _rows(data)
    if data.from_cells and data.within is not None and name in data.within.names:
        # A variable of zeros and ones, and no other, scatters by n m (1 - m) about its mean m.
        at = data.within.names.index(name)
        scatter = data.within.scatter[:, at, at]
        spread = rows * x * (1 - x)
        if data.weighted or np.abs(scatter - spread).max() > 1e-6 * max(rows.max(), 1.0):
            return None
    elif not np.isin(x, (0.0, 1.0)).all():
        return None
    ones = np.rint(rows * x)
    rarer: FloatArray = ones if 2 * ones.sum() <= rows.sum() else rows - ones
    return rarer


def _of_rows(data: ModelData, rows: FloatArray) -> Units | None:
    """Return the units behind so many rows of every entry."""
    if not data.from_cells:
        return None if data.unit is None else Units(len(np.unique(data.unit[rows > 0])))
    if data.period is None:
        return None
    by_period = np.bincount(data.period - data.period.min(), rows)
    return Units(round(float(by_period.max())), exact=np.count_nonzero(by_period) == 1)


def _of_levels(data: ModelData, codes: IntArray) -> Units | None:
    """Return the units of the level that has fewest."""
    if not data.from_cells:
        if data.unit is None:
            return None
        units = int(data.unit.max()) + 1
        pairs = pd.unique(codes * units + data.unit)
        return Units(int(np.bincount(pairs // units).min()))
    if data.unit is not None:
        counts = _rows(data)
        pairs, first = np.unique(codes * (int(data.unit.max()) + 1) + data.unit, return_index=True)
        sums = np.bincount(pairs // (int(data.unit.max()) + 1), counts[first])
        return Units(round(float(sums.min())))
    if data.period is None:
        return None
    period = data.period - data.period.min()
    width = int(period.max()) + 1
    table = np.bincount(codes * width + period, _rows(data), (int(codes.max()) + 1) * width)
    return Units(round(float(table.reshape(-1, width).max(axis=1).min())), exact=width == 1)
