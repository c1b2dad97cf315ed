"""The same change at the cutoff in several variables, with the covariance between them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import factorial

import numpy as np

from evaluation.data.model_data import FloatArray
from evaluation.estimators._cct._pooled import Pooled
from evaluation.estimators._cct.fit import CctFit, fit_points
from evaluation.estimators._cct.local import local_fits
from evaluation.estimators._cct.parts import moved
from evaluation.estimators._cct.points import MassPoints, RowWise
from evaluation.estimators._cct.request import Request
from evaluation.inference.pair_variance import pair_covariance


@dataclass(frozen=True)
class SideBySide:
    """Changes at the cutoff of q variables, above less below.

    Attributes
    ----------
    fits
        One for each variable, each with a bandwidth of its own.
    covariance
        Of the bias-corrected changes, shape ``(q, q)``: robust standard errors on the diagonal,
        correlations from what the same rows, clusters or units add to two changes.
    """

    fits: tuple[CctFit, ...]
    covariance: FloatArray


def fit_side_by_side(points: MassPoints, request: Request) -> SideBySide:
    """Estimate the same change in the outcome and every further variable of the points.

    Parameters
    ----------
    points
        Moments at P points of q variables, none of them taken off another.
    request
        What is asked of each.

    Raises
    ------
    EstimationError
        Where too few distinct values of the running variable lie within a bandwidth.
    NeedsRows
        Where the points do not hold what the variance needs.
    """
    every = range(len(points.centre))
    fits = tuple(fit_points(only(points, at), request) for at in every)
    seen = moved(points, request.cutoff, request.donut)
    influences = [_influence(seen, at, request, fits[at]) for at in every]
    level = np.array([one for one, _ in influences])
    away = np.array([one for _, one in influences])
    meat = _products(seen, level, away, request.variance == "cr1")
    size = np.sqrt(np.diag(meat))
    errors = np.array([one.change.robust_std_error for one in fits])
    scale = np.divide(errors, size, out=np.zeros(len(size)), where=size > 0)
    return SideBySide(fits, meat * np.outer(scale, scale))


def only(points: MassPoints, variable: int) -> MassPoints:
    """Return the points with one of their variables as the outcome.

    Parameters
    ----------
    points
        Moments at P points.
    variable
        Its position.
    """
    row_wise, clusters, units = points.row_wise, points.clusters, points.units
    if row_wise is not None:
        row_wise = RowWise(_one(row_wise.squared, variable), row_wise.mean[:, [variable]])
    if clusters is not None:
        clusters = replace(clusters, mean=clusters.mean[:, [variable]])
    if units is not None:
        there = np.array([0, variable + 1])
        units = replace(units, products=units.products[np.ix_(there, there)])
    return replace(
        points,
        fuzzy=False,
        centre=points.centre[[variable]],
        moments=_one(points.moments, variable),
        row_wise=row_wise,
        clusters=clusters,
        units=units,
    )


def _one(moments: Pooled, variable: int) -> Pooled:
    at = [variable]
    return Pooled(moments.weight, moments.mean[:, at], moments.scatter[:, at][:, :, at])


def _influence(
    points: MassPoints, variable: int, request: Request, fit: CctFit
) -> tuple[FloatArray, FloatArray]:
    """Return what a bias-corrected change takes of every point, and what residuals are about.

    As in ``fit_points``: the bias of order p at h is the next power's coefficient, estimated at b.
    """
    single = only(points, variable)
    p, at = request.order, request.derivative
    plain = local_fits(single, p, fit.h, request.kernel)
    bias = local_fits(single, p + 1, fit.b, request.kernel)
    power = single.moments.weight * single.x ** (p + 1)
    level = np.zeros(len(single.x))
    for own, sign in zip(plain, (-1, 1), strict=True):
        level += sign * factorial(at) * own.level[at]
        for share, next_fit in zip(single.shares, bias, strict=True):
            taken = float(own.level[at] @ (share * power))
            level -= sign * factorial(at) * taken * next_fit.level[p + 1]
    # Fitted at once, either side holds the means of both.
    joined = points.above is not None
    fitted = bias[0].fitted if joined else bias[0].fitted + bias[1].fitted
    return level, fitted[:, 0]


def _products(
    points: MassPoints, level: FloatArray, fitted: FloatArray, clustered: bool
) -> FloatArray:
    """Return the sum over rows, clusters or units of what they add to every two changes.

    Parameters
    ----------
    points
        Moments at P points of q variables.
    level, fitted
        Shape ``(q, P)``.
    clustered
        Whether rows of one cluster or unit depend on each other.
    """
    q = len(level)
    if clustered and points.units is not None:
        weights = np.zeros((q, 1 + q, len(points.x)))
        weights[:, 0] = -level * fitted
        weights[range(q), range(1, q + 1)] = level
        return pair_covariance(points.units.products, weights)
    if clustered and points.clusters is not None:
        cells = points.clusters
        groups = int(cells.cluster.max()) + 1
        scores = level[:, cells.point] * cells.weight * (cells.mean.T - fitted[:, cells.point])
        sums = np.array([np.bincount(cells.cluster, one, groups) for one in scores])
        clustered_products: FloatArray = sums @ sums.T
        return clustered_products
    moments = points.moments
    away = moments.mean.T - fitted
    inner = np.einsum("jp,kp,pjk->jk", level, level, moments.scatter)
    scaled = level * away
    products: FloatArray = inner + (scaled * moments.weight) @ scaled.T
    return products
