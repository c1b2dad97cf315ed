"""Weighted quantiles, and densities by a kernel.

Silverman (1986), Density Estimation for Statistics and Data Analysis, equation 3.31:
h = 0.9 min(standard deviation, interquartile range / 1.34) n^(-1/5).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Kernel = Literal["gaussian", "epanechnikov"]


def ordered(values: FloatArray) -> IntArray:
    """Return the positions of values from least to largest, shape ``(n,)``."""
    return np.argsort(values, kind="stable")


def quantile_of(values: FloatArray, mass: FloatArray, share: float, order: IntArray) -> float:
    """Return the smallest value with at least a share of the mass at or below it.

    Parameters
    ----------
    values, mass
        Shape ``(n,)``, mass not negative.
    share
        Between 0 and 1.
    order
        From :func:`ordered`.
    """
    sums = np.cumsum(mass[order])
    # The slack is for sums of weights that are no whole numbers.
    wanted = share * sums[-1] * (1.0 - 1e-12)
    return float(values[order[min(int(np.searchsorted(sums, wanted)), len(order) - 1)]])


def silverman(values: FloatArray, mass: FloatArray, order: IntArray, count: float) -> float:
    """Return Silverman's bandwidth.

    Parameters
    ----------
    values, mass, order
        As for :func:`quantile_of`.
    count
        n, the number of rows behind the values that have mass.
    """
    mean = float(mass @ values / mass.sum())
    spread = float(np.sqrt(mass @ (values - mean) ** 2 / mass.sum()))
    quarter, most = (quantile_of(values, mass, one, order) for one in (0.25, 0.75))
    middle = (most - quarter) / 1.34
    return float(0.9 * (min(spread, middle) if middle > 0 else spread) * count**-0.2)


def density_at(
    values: FloatArray, mass: FloatArray, point: float, bandwidth: float, kernel: Kernel
) -> float:
    """Return the density at a point.

    Parameters
    ----------
    values, mass
        Shape ``(n,)``.
    point, bandwidth
        In units of the values.
    kernel
        ``gaussian``, or ``epanechnikov`` 0.75 (1 - u²) on [-1, 1].
    """
    distance = (values - point) / bandwidth
    kernels = {"gaussian": _gaussian, "epanechnikov": _epanechnikov}
    return float(mass @ kernels[kernel](distance) / (bandwidth * mass.sum()))


def _gaussian(u: FloatArray) -> FloatArray:
    found: FloatArray = np.exp(-0.5 * u**2) / np.sqrt(2.0 * np.pi)
    return found


def _epanechnikov(u: FloatArray) -> FloatArray:
    return 0.75 * np.maximum(1.0 - u**2, 0.0)
