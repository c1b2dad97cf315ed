"""Quantiles of a weighted set of values."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.data.functionals._means import jackknifed
from evaluation.data.functionals.contract import Truth


def quantile_difference(cells: pd.DataFrame, quantile: float) -> Truth:
    """Return the quantile of the values with the policy less that without it.

    A quantile is the smallest value with at least that share of the weight at or below it, so
    that it is a value taken.

    Parameters
    ----------
    cells
        From ``coupled_cells`` of the kind ``values``.
    quantile
        Between 0 and 1.
    """
    known = cells.loc[cells["value"].notna()].sort_values("value", kind="stable")
    value, block = known["value"].to_numpy(np.float64), known["block"].to_numpy(np.int64)
    masses = [known[name].to_numpy(np.float64) for name in ("weight_1", "weight_0")]

    def difference(kept: NDArray[np.int64]) -> float:
        rows = np.isin(block, kept)
        first, second = (_quantile(value[rows], mass[rows], quantile) for mass in masses)
        return first - second

    return jackknifed(difference, int(cells["missing_1"].sum()))


def _quantile(value: NDArray[np.float64], mass: NDArray[np.float64], quantile: float) -> float:
    """Return the quantile of sorted values with their weights, ``nan`` for none."""
    share = np.cumsum(mass)
    if not len(share) or share[-1] <= 0:
        return float("nan")
    # Sums of whole numbers are exact; the slack is for shares and weights that are not.
    wanted = quantile * share[-1] * (1 - 1e-12)
    at = np.searchsorted(share, max(wanted, np.nextafter(0.0, 1.0)))
    return float(value[min(at, len(value) - 1)])
