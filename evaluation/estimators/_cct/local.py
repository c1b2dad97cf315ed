"""A local polynomial on one side of the cutoff, as a linear map of the points' sums."""

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
        Kernel weight, shape ``(P,)``.
    level
        A row with values v and weight w adds ``level[j, point] × w × v`` to coefficient j; shape
        ``(order + 1, P)``, zero outside.
    coefficients
        On 1, x, x², ..., shape ``(order + 1, q)``.
    fitted
        Fitted means of the side's points, inside the bandwidth or not, shape ``(P, q)``.
    """

    inside: BoolArray
    kernel: FloatArray
    level: FloatArray
    coefficients: FloatArray
    fitted: FloatArray


def local_fit(points: MassPoints, side: BoolArray, order: int, h: float, kernel: str) -> LocalFit:
    """Fit a polynomial to the points of one side that lie within the bandwidth.

    Parameters
    ----------
    points
        Moments at P points.
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
    u = points.x / h
    # Over h, because controls are taken off on both sides at once, whose bandwidths may differ.
    kernel_weight = np.where(side, KERNELS[kernel](np.abs(u)) / h, 0.0)
    inside = kernel_weight > 0
    if int(inside.sum()) < order + 1:
        raise EstimationError(
            f"outcome {points.outcome}: {int(inside.sum())} distinct values of the running "
            f"variable lie within a bandwidth of {h:g} on one side, and a polynomial of order "
            f"{order} needs {order + 1}: set a wider fixed bandwidth or a lower order"
        )
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
