"""Differences of means between two runs, and ratios of them, with a Monte Carlo error."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.data.coupled_cells import BLOCKS
from evaluation.data.functionals.contract import Truth

FloatArray = NDArray[np.float64]
Blocks = NDArray[np.int64]
# The sign of a side's effect, with its sums by block: total and weight with the policy, then
# without it, shape (4, BLOCKS).
Side = tuple[float, FloatArray]


def mean_effect(cells: pd.DataFrame, sign: FloatArray) -> Truth:
    """Return the policy's effect on the mean where sign is 1, less that where it is -1.

    Each mean is over its own run's rows.

    Parameters
    ----------
    cells
        From ``coupled_cells``, n of them.
    sign
        1, -1 or 0 for each cell, shape ``(n,)``. No cell with a sign gives ``nan``.
    """
    sides = _sides(cells, sign, "total")
    return jackknifed(lambda kept: _contrast(sides, kept), _missing(cells, sign))


def difference_of_effects(cells: pd.DataFrame, first: FloatArray, second: FloatArray) -> Truth:
    """Return the effect that one array of signs names less that of another.

    Parameters
    ----------
    cells
        From ``coupled_cells``, n of them.
    first, second
        As ``sign`` of ``mean_effect``, each of shape ``(n,)``.
    """
    sides = _sides(cells, first, "total")
    less = _sides(cells, second, "total")
    missing = _missing(cells, np.abs(first) + np.abs(second))
    if not sides or not less:
        return Truth(float("nan"), 0.0, missing)
    every = [*sides, *((-sign, sums) for sign, sums in less)]
    return jackknifed(lambda kept: _contrast(every, kept), missing)


def ratio_of_effects(cells: pd.DataFrame, sign: FloatArray) -> Truth:
    """Return the effect on the outcome over the effect on what it is paired with.

    Both over the same rows. ``nan`` where the policy does not move what is paired.
    """
    reduced, first = _sides(cells, sign, "total"), _sides(cells, sign, "paired")

    def value(kept: Blocks) -> float:
        below = _contrast(first, kept)
        return _contrast(reduced, kept) / below if below else float("nan")

    return jackknifed(value, _missing(cells, sign))


def jackknifed(value: Callable[[Blocks], float], missing: int = 0) -> Truth:
    """Return a value of all blocks with the delete-one-block jackknife error.

    Parameters
    ----------
    value
        Computes it from the blocks of those numbers.
    missing
        Counted rows, passed on.
    """
    every = np.arange(BLOCKS)
    parts = np.array([value(every[every != one]) for one in every])
    usable = parts[np.isfinite(parts)]
    count = len(usable)
    error = 0.0
    if count > 1:
        error = float(np.sqrt((count - 1) / count * ((usable - usable.mean()) ** 2).sum()))
    return Truth(value(every), error, missing)


def _sides(cells: pd.DataFrame, sign: FloatArray, name: str) -> list[Side]:
    """Return the sums of each side that any cell is on."""
    block = cells["block"].to_numpy(np.int64)
    names = (f"{name}_1", "weight_1", f"{name}_0", "weight_0")
    masses = [cells[name].to_numpy(np.float64) for name in names]
    return [
        (side, np.array([np.bincount(block[on], mass[on], BLOCKS) for mass in masses]))
        for side, on in ((1.0, sign > 0), (-1.0, sign < 0))
        if on.any()
    ]


def _contrast(sides: list[Side], kept: Blocks) -> float:
    """Return the first side's difference of means less the second's, over some of the blocks."""
    contrast = 0.0 if sides else float("nan")
    for side, sums in sides:
        total_1, weight_1, total_0, weight_0 = sums[:, kept].sum(axis=1)
        if weight_1 <= 0 or weight_0 <= 0:
            return float("nan")
        contrast += side * float(total_1 / weight_1 - total_0 / weight_0)
    return contrast


def _missing(cells: pd.DataFrame, sign: FloatArray) -> int:
    return int(cells["missing_1"].to_numpy(np.float64)[sign != 0].sum())
