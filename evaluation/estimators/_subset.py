"""Some of the rows of a model's data."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from evaluation.data.model_data import IntArray, ModelData
from evaluation.data.moments import UnitsSeen, Within
from evaluation.estimators._units import units_of_types


def subset(data: ModelData, rows: IntArray) -> ModelData:
    """Return the data of some rows, or cells, in the order given.

    The units behind some cells are known where cells hold types of units, or where every unit is
    seen in every period and whole periods leave; else nobody counted them.

    Parameters
    ----------
    data
        Rows of one outcome.
    rows
        Positions, shape ``(kept,)``.
    """
    if len(rows) == data.entries:
        return data
    changed = {
        item.name: getattr(data, item.name)[rows]
        for item in fields(data)
        if isinstance(getattr(data, item.name), np.ndarray)
    }
    kept = replace(data, columns=data.columns.iloc[rows].reset_index(drop=True), **changed)
    return _fewer_cells(kept, data, rows) if data.from_cells else kept


def _fewer_cells(kept: ModelData, data: ModelData, rows: IntArray) -> ModelData:
    within, second_pass = data.within, data.second_pass
    units = data.units if _whole_periods_left(kept, data) else None
    seen = _seen_left(kept, data)
    complete = True if data.complete and units == data.units else None
    if seen is not None:
        units, complete = seen.count, seen.complete if seen.axis == "period" else None
    if kept.unit is not None and kept.rows is not None:
        units = units_of_types(kept.unit, kept.rows)
    return replace(
        kept,
        within=None if within is None else Within(within.names, within.scatter[rows]),
        second_pass=None if second_pass is None else second_pass.narrowed(rows),
        units=units,
        complete=complete,
        seen=seen,
        levels=dict.fromkeys(data.levels, units or 0),
    )


def _seen_left(kept: ModelData, data: ModelData) -> UnitsSeen | None:
    """Return the units behind what is left, where whole periods or points left and no more."""
    if data.seen is None:
        return None
    before, after = (getattr(one, data.seen.axis) for one in (data, kept))
    if before is None or after is None:
        return None
    found, counts = np.unique(after, return_counts=True)
    known, wanted = np.unique(before, return_counts=True)
    if not np.array_equal(wanted[np.searchsorted(known, found)], counts):
        return None
    return data.seen.among(found)


def _whole_periods_left(kept: ModelData, data: ModelData) -> bool:
    """Say whether a panel in which every unit is always seen lost whole periods and no more."""
    if not data.complete or data.period is None or kept.period is None or not len(kept.period):
        return False
    found, counts = np.unique(kept.period, return_counts=True)
    before, wanted = np.unique(data.period, return_counts=True)
    return bool(np.array_equal(wanted[np.searchsorted(before, found)], counts))
