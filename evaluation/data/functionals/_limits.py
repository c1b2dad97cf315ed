"""Differences between two runs at the cutoff, as limits from the side under the duty."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.data.coupled_cells import BLOCKS
from evaluation.data.functionals._means import Blocks, FloatArray, jackknifed
from evaluation.data.functionals.contract import Truth


@dataclass(frozen=True)
class _Line:
    """Sums of one side of a contrast, by months from the cutoff.

    Attributes
    ----------
    sign
        With which it enters.
    distance
        Months from the cutoff, shape ``(d,)``.
    sums
        Total and weight with the policy, then without it, shape ``(4, d, BLOCKS)``.
    """

    sign: float
    distance: FloatArray
    sums: FloatArray


def effect_at_cutoff(cells: pd.DataFrame, sign: FloatArray) -> Truth:
    """Return the policy's effect on the mean at the cutoff.

    The runs share every row's history, so that at each age their difference is what the month's
    duty does to persons of that age. Who they are changes with age; the value at the cutoff is
    that of a straight line through the differences by age, weighted by rows.

    Parameters
    ----------
    cells
        From ``coupled_cells``, n of them.
    sign
        1, -1 or 0 for each cell, shape ``(n,)``: a line for each sign, the second subtracted. No
        cell with a sign gives ``nan``.
    """
    lines = tuple(_lines(cells, sign, "total"))
    return jackknifed(lambda kept: _at_cutoff(lines, kept), _missing(cells, sign))


def change_at_cutoff(cells: pd.DataFrame, sign: FloatArray) -> Truth:
    """Return ``effect_at_cutoff``, ``nan`` where no cell has the one sign or the other."""
    both = (sign > 0).any() and (sign < 0).any()
    return effect_at_cutoff(cells, sign) if both else Truth(float("nan"), 0.0)


def ratio_at_cutoff(cells: pd.DataFrame, sign: FloatArray) -> Truth:
    """Return the effect on the outcome at the cutoff over that on what it is paired with.

    ``nan`` where the policy does not move what is paired.
    """
    reduced, first = (tuple(_lines(cells, sign, name)) for name in ("total", "paired"))

    def value(kept: Blocks) -> float:
        below = _at_cutoff(first, kept)
        return _at_cutoff(reduced, kept) / below if below else float("nan")

    return jackknifed(value, _missing(cells, sign))


def _lines(cells: pd.DataFrame, sign: FloatArray, name: str) -> Iterator[_Line]:
    block = cells["block"].to_numpy(np.int64)
    running = cells["running"].to_numpy(np.float64)
    masses = [
        cells[one].to_numpy(np.float64)
        for one in (f"{name}_1", "weight_1", f"{name}_0", "weight_0")
    ]
    for side, on in ((1.0, sign > 0), (-1.0, sign < 0)):
        if not on.any():
            continue
        distance, place = np.unique(running[on], return_inverse=True)
        at = place * BLOCKS + block[on]
        sums = [np.bincount(at, mass[on], len(distance) * BLOCKS) for mass in masses]
        yield _Line(side, distance, np.reshape(sums, (4, len(distance), BLOCKS)))


def _at_cutoff(lines: tuple[_Line, ...], kept: Blocks) -> float:
    """Return the contrast of the lines' values at the cutoff, over some of the blocks."""
    if not lines:
        return float("nan")
    return sum(line.sign * _intercept(line.distance, line.sums[:, :, kept]) for line in lines)


def _intercept(distance: FloatArray, sums: NDArray[np.float64]) -> float:
    """Return the value at distance 0 of the weighted line through the differences of means."""
    total_1, weight_1, total_0, weight_0 = sums.sum(axis=2)
    seen = (weight_1 > 0) & (weight_0 > 0)
    if np.count_nonzero(seen) < 2:
        return float("nan")
    difference = total_1[seen] / weight_1[seen] - total_0[seen] / weight_0[seen]
    weight = weight_1[seen] + weight_0[seen]
    centre = np.average(distance[seen], weights=weight)
    apart = distance[seen] - centre
    level = float(np.average(difference, weights=weight))
    slope = float(np.sum(weight * apart * difference) / np.sum(weight * apart**2))
    return level - slope * float(centre)


def _missing(cells: pd.DataFrame, sign: FloatArray) -> int:
    return int(cells["missing_1"].to_numpy(np.float64)[sign != 0].sum())
