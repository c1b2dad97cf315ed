"""Group-time effects without each cluster in turn, from the same cell sums."""

from __future__ import annotations

import numpy as np

from evaluation.data.model_data import FloatArray, IntArray
from evaluation.errors import DataError
from evaluation.estimators._adoption import Adoption
from evaluation.estimators._group_time import Contrast, signed_means


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
                raise DataError(
                    f"outcome {ready.data.outcome}: variance cr3: a cohort or its controls live in "
                    "one cluster alone, so its error is unknown: make cohorts coarser with "
                    "panel.period, or leave it out in sample.drop"
                )
            found[:, j] += sign * rest_total[:, chosen].sum(axis=1) / whole
    return found
