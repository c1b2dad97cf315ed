"""Group-time effects and cohort sizes without each cluster in turn, from the same cell sums."""

from __future__ import annotations

import numpy as np

from evaluation.cells.needs_rows import NeedsRows
from evaluation.data.model_data import FloatArray, IntArray
from evaluation.errors import DataError
from evaluation.estimators._adoption import Adoption
from evaluation.estimators._group_time import Contrast, signed_means

# Shares of whole units add up to whole numbers but for rounding.
WHOLE = 1e-6


def leave_one_out(
    ready: Adoption, contrasts: tuple[Contrast, ...], weight: FloatArray, block: IntArray
) -> FloatArray:
    """Return every group-time effect without each cluster.

    A cluster's rows leave the sums of its cells, so that no row is read again.

    Parameters
    ----------
    ready
        The panel.
    contrasts
        What to estimate; m in all.
    weight
        Shape ``(n,)``.
    block
        Codes of clusters, G in all, shape ``(n,)``.

    Returns
    -------
    FloatArray
        Shape ``(G, m)``.

    Raises
    ------
    DataError
        Where a cell lives in one cluster alone, so that the effect does not exist without it.
    """
    cohorts, periods = np.unique(ready.cohort), np.array(ready.periods)
    column = np.searchsorted(periods, ready.period)
    cell = np.searchsorted(cohorts, ready.cohort) * len(periods) + column
    blocks, cells = int(block.max()) + 1, len(cohorts) * len(periods)
    y = ready.data.y - np.average(ready.data.y, weights=weight)
    key = block * cells + cell
    mass = np.bincount(key, weight, blocks * cells).reshape(blocks, cells)
    total = np.bincount(key, weight * y, blocks * cells).reshape(blocks, cells)
    rest_mass, rest_total = mass.sum(axis=0) - mass, total.sum(axis=0) - total
    # A cell that only this cluster fills keeps rounding errors, not rows.
    rest_mass[rest_mass < 1e-9 * mass.sum(axis=0)] = 0.0
    found = np.zeros((blocks, len(contrasts)))
    for j, one in enumerate(contrasts):
        for sign, group, period in signed_means(one):
            at = int(np.searchsorted(periods, period))
            chosen = np.searchsorted(cohorts, np.array(group)) * len(periods) + at
            whole = rest_mass[:, chosen].sum(axis=1)
            if (whole <= 0).any():
                who = "one treated cluster" if group == (one.cohort,) else "one control cluster"
                raise DataError(
                    f"outcome {ready.data.outcome}: variance cr3: {who}: a cohort or its controls "
                    "live in one cluster alone, so its error is unknown: make cohorts coarser with "
                    "panel.period, or leave it out in sample.drop"
                )
            found[:, j] += sign * rest_total[:, chosen].sum(axis=1) / whole
    return found


def sizes_without(ready: Adoption, weight: FloatArray, block: IntArray) -> FloatArray:
    """Return cohort sizes without each cluster, shape ``(G, cohorts)``.

    A unit counts once, with the mean weight of its rows; one with rows in several clusters stays
    with the mean of those that are left. Without units every row counts.

    Parameters
    ----------
    ready
        The panel.
    weight
        Shape ``(n,)``.
    block
        Codes of clusters, G in all, shape ``(n,)``.

    Raises
    ------
    NeedsRows
        For cells, where a unit has rows in several clusters.
    """
    if ready.data.from_cells:
        return _sizes_without_cells(ready, weight, block)
    unit = np.arange(len(block)) if ready.data.unit is None else ready.data.unit
    total, rows = np.bincount(unit, weight), np.bincount(unit)
    # Every unit in every cluster that has rows of it.
    _, first, spot = np.unique(block * len(rows) + unit, return_index=True, return_inverse=True)
    own = unit[first]
    left = rows[own] - np.bincount(spot)
    rest = (total[own] - np.bincount(spot, weight)) / np.maximum(left, 1)
    lost = total[own] / rows[own] - np.where(left > 0, rest, 0.0)
    blocks = int(block.max()) + 1
    mean = total[unit] / rows[unit] / rows[unit]
    columns = []
    for g in ready.cohorts:
        whole = float(np.sum(mean[ready.cohort == g]))
        gone = np.bincount(block[first], lost * (ready.cohort[first] == g), blocks)
        columns.append(whole - gone)
    return np.column_stack(columns).astype(np.float64)


def _sizes_without_cells(ready: Adoption, weight: FloatArray, block: IntArray) -> FloatArray:
    """Return the same from cells: a cluster takes the shares of its units with it."""
    shares = ready.data.unit_shares
    blocks = int(block.max()) + 1
    columns = []
    for g in ready.cohorts:
        own = (weight if shares is None else shares) * (ready.cohort == g)
        gone = np.bincount(block, own, blocks)
        if shares is not None and np.abs(gone - np.rint(gone)).max() > WHOLE:
            raise NeedsRows("units have rows in several clusters, or weights")
        columns.append(float(own.sum()) - gone)
    return np.column_stack(columns).astype(np.float64)
