"""Mass points without some of them, or seen from another cutoff, or without the treatment."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from evaluation.data.model_data import FloatArray
from evaluation.estimators._cct._pooled import Pooled
from evaluation.estimators._cct.local import BoolArray
from evaluation.estimators._cct.points import ByCluster, ByUnit, MassPoints, RowWise

# Share of a treatment's squares below which its variation on a side is rounding.
STILL = 1e-20


def moved(points: MassPoints, cutoff: float, donut: float = 0.0) -> MassPoints:
    """Return the points as seen from another cutoff, without those in the donut around it.

    Parameters
    ----------
    points
        Moments at P points.
    cutoff
        In the units of ``points.x``.
    donut
        Points nearer than this are left out; 0 leaves out none. A point partly on either side of
        the cutoff is left out at any other cutoff, where it is on neither.
    """
    if cutoff != 0:
        points = without_partial(points)
    x = points.x - cutoff
    kept = restricted(points, np.abs(x) >= donut)
    return replace(kept, x=kept.x - cutoff)


def without_partial(points: MassPoints) -> MassPoints:
    """Return the points that are wholly on one side of the cutoff, as a donut leaves them.

    Parameters
    ----------
    points
        Moments at P points.
    """
    if points.above is None:
        return points
    return replace(restricted(points, points.x != 0), above=None)


def restricted(points: MassPoints, kept: BoolArray) -> MassPoints:
    """Return some of the points.

    Parameters
    ----------
    points
        Moments at P points.
    kept
        Which, shape ``(P,)``; those left on a side of the cutoff must be neighbours.
    """
    if kept.all():
        return points
    row_wise, clusters, units = points.row_wise, points.clusters, points.units
    return replace(
        points,
        x=points.x[kept],
        rows=points.rows[kept],
        moments=_some(points.moments, kept),
        row_wise=None
        if row_wise is None
        else RowWise(_some(row_wise.squared, kept), row_wise.mean[kept]),
        clusters=None if clusters is None else _some_cells(clusters, kept),
        units=None if units is None else _some_units(units, kept),
        above=None if points.above is None else points.above[kept],
    )


def without_settled_treatment(points: MassPoints) -> MassPoints:
    """Return points without the treatment where it is the same for all rows of a side.

    rdrobust then chooses a bandwidth for the outcome alone, as compliance is perfect on that side.

    Parameters
    ----------
    points
        Moments at P points.
    """
    if not points.fuzzy:
        return points
    below = points.x < 0
    if all(_varies(points, side) for side in (below, ~below)):
        return points
    other = np.arange(len(points.centre)) != 1
    row_wise, clusters, units = points.row_wise, points.clusters, points.units
    if clusters is not None:
        clusters = replace(clusters, mean=clusters.mean[:, other])
    if units is not None:
        there = np.flatnonzero(np.concatenate([[True], other]))
        units = replace(units, products=units.products[np.ix_(there, there)])
    if row_wise is not None:
        row_wise = RowWise(_others(row_wise.squared, other), row_wise.mean[:, other])
    return replace(
        points,
        fuzzy=False,
        centre=points.centre[other],
        moments=_others(points.moments, other),
        row_wise=row_wise,
        clusters=clusters,
        units=units,
    )


def _varies(points: MassPoints, side: BoolArray) -> bool:
    weight = points.moments.weight[side]
    mean, inner = points.moments.mean[side, 1], points.moments.scatter[side, 1, 1]
    overall = float(np.average(mean, weights=weight))
    spread = float(inner.sum() + weight @ (mean - overall) ** 2)
    size = float(weight.sum()) * (overall**2 + float(points.centre[1]) ** 2)
    return bool(spread > STILL * size)


def _others(moments: Pooled, other: BoolArray) -> Pooled:
    scatter: FloatArray = moments.scatter[:, other][:, :, other]
    return Pooled(moments.weight, moments.mean[:, other], scatter)


def _some(moments: Pooled, kept: BoolArray) -> Pooled:
    return Pooled(moments.weight[kept], moments.mean[kept], moments.scatter[kept])


def _some_cells(cells: ByCluster, kept: BoolArray) -> ByCluster:
    there = kept[cells.point]
    place = np.cumsum(kept) - 1
    return ByCluster(
        place[cells.point[there]], cells.cluster[there], cells.weight[there], cells.mean[there]
    )


def _some_units(units: ByUnit, kept: BoolArray) -> ByUnit:
    at = np.flatnonzero(kept)
    every = np.arange(len(units.products))
    return replace(
        units, products=units.products[np.ix_(every, every, at, at)], place=units.place[kept]
    )
