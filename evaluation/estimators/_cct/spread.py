"""Spread of the running variable, over rows, from the number of rows at each point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.data.model_data import FloatArray, IntArray
from evaluation.estimators._cct.points import MassPoints
from evaluation.estimators._cct.request import Request

# Silverman's rule of thumb by kernel, for a normal density.
CONSTANTS = {"triangular": 2.576, "epanechnikov": 2.34, "uniform": 1.843}

# Distinct values that pilot bandwidths must reach, and the share of ties from which on.
LEAST, SHARE = 10, 0.2

# What makes the farthest of these values lie inside, not at the edge.
PAD = 1 + float(np.sqrt(np.finfo(np.float64).eps))


@dataclass(frozen=True)
class Pilot:
    """Bounds of the bandwidth search, in units of x; pairs are (below, above).

    Attributes
    ----------
    width
        Pilot bandwidth of the variances.
    farthest
        Distance of the farthest point.
    least
        Smallest pilot bandwidths of the bias.
    """

    width: float
    farthest: tuple[float, float]
    least: tuple[float, float]


def pilot(points: MassPoints, request: Request) -> Pilot:
    """Return the pilot bandwidth and its bounds.

    Parameters
    ----------
    points
        Moments at P points, on both sides.
    request
        ``kernel`` and ``masspoints`` count.
    """
    x, rows = points.x, points.rows
    total = int(rows.sum())
    mean = np.average(x, weights=rows)
    deviation = float(np.sqrt(rows @ (x - mean) ** 2 / (total - 1)))
    # min(1, ·) because rdrobust measures x in standard deviations here.
    quartiles = (_quantile(x, rows, 0.75) - _quantile(x, rows, 0.25)) / deviation
    spread = deviation * min(1.0, quartiles / 1.349)
    # rdrobust counts points in place of rows under `adjust`, ties or not.
    size = len(x) if request.masspoints == "adjust" else total
    farthest = (float(-x[0]), float(x[-1]))
    width = min(CONSTANTS[request.kernel] * spread * size**-0.2, max(farthest))
    below = x < 0
    least = (0.0, 0.0)
    ties = [1 - int(side.sum()) / int(rows[side].sum()) for side in (below, ~below)]
    if request.masspoints == "adjust" and max(ties) >= SHARE:
        least = (_reach(-x[below][::-1]), _reach(x[~below]))
        width = max(width, *least)
    return Pilot(width, farthest, least)


def _reach(distance: FloatArray) -> float:
    return float(distance[min(LEAST, len(distance)) - 1]) * PAD


def _quantile(x: FloatArray, rows: IntArray, share: float) -> float:
    """Return a quantile by the second definition of Hyndman and Fan (1996)."""
    upto = np.cumsum(rows)
    wanted = float(upto[-1]) * share
    at = int(np.searchsorted(upto, wanted, side="right"))
    if wanted == np.floor(wanted) and at > 0 and upto[at - 1] == wanted:
        return float(x[at - 1] + x[at]) / 2
    return float(x[at])
