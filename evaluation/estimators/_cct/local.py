"""Local polynomials on the sides of a cutoff, as linear maps of the points' sums.

A point partly on either side, as the month of a birthday, has as its mean that share of one
polynomial's value and the rest of the other's. Then both are fitted at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluation.data.model_data import FloatArray
from evaluation.errors import EstimationError
from evaluation.estimators._cct.points import MassPoints

BoolArray = NDArray[np.bool_]

# A bandwidth often equals the distance of a point, which rounding would put on either side.
EDGE = 1e-12

# Densities on [-1, 1] up to a factor, which cancels.
KERNELS: dict[str, Callable[[FloatArray], FloatArray]] = {
    "triangular": lambda u: np.where(u < 1 - EDGE, 1 - u, 0.0),
    "epanechnikov": lambda u: np.where(u < 1 - EDGE, 1 - u**2, 0.0),
    "uniform": lambda u: np.where(u <= 1 + EDGE, 1.0, 0.0),
}


@dataclass(frozen=True)
class LocalFit:
    """A weighted least-squares fit of every variable on powers of x.

    Attributes
    ----------
    inside
        Points with a positive kernel weight, shape ``(P,)``.
    kernel
        Kernel weight, times the share of the point on this side, shape ``(P,)``.
    level
        A row with values v and weight w adds ``level[j, point] × w × v`` to coefficient j; shape
        ``(order + 1, P)``, zero outside. Where a point is partly on either side, points of both
        add to either side's coefficients.
    coefficients
        On 1, x, x², ..., shape ``(order + 1, q)``.
    fitted
        Fitted means of the side's points, inside the bandwidth or not, shape ``(P, q)``; of both
        sides' where they are fitted at once.
    """

    inside: BoolArray
    kernel: FloatArray
    level: FloatArray
    coefficients: FloatArray
    fitted: FloatArray


def local_fits(
    points: MassPoints, order: int, h: tuple[float, float], kernel: str
) -> tuple[LocalFit, LocalFit]:
    """Fit a polynomial below and one above, at once where a point is partly on either side.

    Parameters
    ----------
    points
        Moments at P points.
    order
        Of both polynomials.
    h
        Bandwidths below and above.
    kernel
        A name in ``KERNELS``.

    Raises
    ------
    EstimationError
        Where fewer points than coefficients lie wholly on a side within its bandwidth.
    """
    if points.above is None:
        upper = points.x >= 0
        return (
            local_fit(points, ~upper, order, h[0], kernel),
            local_fit(points, upper, order, h[1], kernel),
        )
    kernels, columns = [], []
    for share, width in zip(points.shares, h, strict=True):
        u = points.x / width
        own = share * KERNELS[kernel](np.abs(u)) / width
        _require(points, int((own[share == 1] > 0).sum()), order, width)
        kernels.append(own)
        columns.append(share[:, None] * np.vander(u, order + 1, increasing=True))
    both, design = kernels[0] + kernels[1], np.hstack(columns)
    inside = both > 0
    root = np.sqrt(both[inside] * points.moments.weight[inside])
    orthogonal, triangle = np.linalg.qr(design[inside] * root[:, None])
    scaled = np.linalg.solve(triangle, orthogonal.T)
    coefficients = scaled @ (root[:, None] * points.moments.mean[inside])
    fitted = design @ coefficients
    found = []
    for at, (own, width) in enumerate(zip(kernels, h, strict=True)):
        part = slice(at * (order + 1), (at + 1) * (order + 1))
        unscale = width ** -np.arange(order + 1.0)[:, None]
        level = np.zeros((order + 1, len(points.x)))
        level[:, inside] = unscale * scaled[part] * (both[inside] / root)
        found.append(LocalFit(own > 0, own, level, unscale * coefficients[part], fitted))
    return found[0], found[1]


def local_fit(points: MassPoints, side: BoolArray, order: int, h: float, kernel: str) -> LocalFit:
    """Fit a polynomial to the points of one side that lie within the bandwidth.

    Parameters
    ----------
    points
        Moments at P points, each wholly on one side; else see :func:`local_fits`.
    side
        Which points lie on the side, shape ``(P,)``.
    order
        Of the polynomial.
    h
        Bandwidth.
    kernel
        A name in ``KERNELS``.

    Raises
    ------
    EstimationError
        Where fewer points than coefficients lie within the bandwidth.
    """
    if points.above is not None:
        raise TypeError("points partly on either side belong to local_fits")
    u = points.x / h
    # Over h, because controls are taken off on both sides at once, whose bandwidths may differ.
    kernel_weight = np.where(side, KERNELS[kernel](np.abs(u)) / h, 0.0)
    inside = kernel_weight > 0
    _require(points, int(inside.sum()), order, h)
    # Powers of x/h and a QR factorisation keep the digits that normal equations lose.
    powers = np.vander(u, order + 1, increasing=True)
    weight = kernel_weight[inside] * points.moments.weight[inside]
    root = np.sqrt(weight)
    orthogonal, triangle = np.linalg.qr(powers[inside] * root[:, None])
    scaled = np.linalg.solve(triangle, orthogonal.T)
    coefficients = scaled @ (root[:, None] * points.moments.mean[inside])
    unscale = h ** -np.arange(order + 1.0)
    level = np.zeros((order + 1, len(u)))
    level[:, inside] = unscale[:, None] * scaled * (kernel_weight[inside] / root)
    fitted = np.where(side[:, None], powers @ coefficients, 0.0)
    return LocalFit(inside, kernel_weight, level, unscale[:, None] * coefficients, fitted)


def _require(points: MassPoints, inside: int, order: int, h: float) -> None:
    """Refuse fewer points than coefficients."""
    if inside < order + 1:
        raise EstimationError(
            f"outcome {points.outcome}: {inside} distinct values of the running "
            f"variable lie within a bandwidth of {h:g} on one side, and a polynomial of order "
            f"{order} needs {order + 1}: set a wider fixed bandwidth or a lower order"
        )
