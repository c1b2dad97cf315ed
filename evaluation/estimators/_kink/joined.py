"""Polynomials on both sides of a cutoff that meet in one level: a stock cannot jump."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from evaluation.data.model_data import FloatArray
from evaluation.errors import EstimationError
from evaluation.estimators._cct.local import KERNELS, BoolArray
from evaluation.estimators._cct.points import MassPoints
from evaluation.estimators._cct.variance import Influence, covariance
from evaluation.spec.variance import VarianceKind


@dataclass(frozen=True)
class Joined:
    """One weighted fit of both sides.

    Attributes
    ----------
    level
        A row with values v and weight w adds ``level[point] × w × v`` to the change of slope,
        above less below; shape ``(P,)``.
    fitted
        Fitted means, shape ``(P, q)``.
    inside
        Points with a positive kernel weight, shape ``(P,)``.
    order
        Of the polynomials.
    """

    level: FloatArray
    fitted: FloatArray
    inside: BoolArray
    order: int


def joined_fit(points: MassPoints, order: int, h: float, kernel: str, meet: float) -> Joined:
    """Fit polynomials of one order on each side with a common level where they meet.

    Parameters
    ----------
    points
        Moments at P points.
    order
        Of the polynomials.
    h
        Bandwidth around the cutoff.
    kernel
        A name in ``KERNELS``.
    meet
        Where the sides meet, from the cutoff.

    Raises
    ------
    EstimationError
        Where a side has too few points for its powers.
    """
    kernel_weight = KERNELS[kernel](np.abs(points.x) / h)
    inside, above = kernel_weight > 0, points.x >= 0
    for side in (~above, above):
        if int((inside & side).sum()) < order:
            raise EstimationError(
                f"outcome {points.outcome}: {int((inside & side).sum())} distinct values of the "
                f"running variable lie within a bandwidth of {h:g} on one side, and a polynomial "
                f"of order {order} needs {order} beside the common level: set a wider bandwidth "
                "or a lower order"
            )
    u = (points.x - meet) / h
    powers = np.vander(u, order + 1, increasing=True)[:, 1:]
    design = np.hstack(
        [np.ones((len(u), 1)), np.where(above[:, None], 0.0, powers),
         np.where(above[:, None], powers, 0.0)]
    )  # fmt: skip
    root = np.sqrt(kernel_weight[inside] * points.moments.weight[inside])
    orthogonal, triangle = np.linalg.qr(design[inside] * root[:, None])
    scaled = np.linalg.solve(triangle, orthogonal.T)
    coefficients = scaled @ (root[:, None] * points.moments.mean[inside])
    level = np.zeros(len(u))
    change = (scaled[1 + order] - scaled[1]) / h
    level[inside] = change * kernel_weight[inside] / root
    return Joined(level, design @ coefficients, inside, order)


def change_of(points: MassPoints, fit: Joined, combination: FloatArray) -> float:
    """Return the change of slope, above less below.

    Parameters
    ----------
    points
        Moments at P points.
    fit
        Of them.
    combination
        Coefficients of the variables, shape ``(q,)``.
    """
    return float((fit.level * points.moments.weight) @ (points.moments.mean @ combination))


def error_of(
    points: MassPoints, fit: Joined, kind: VarianceKind, combination: FloatArray
) -> tuple[float, float]:
    """Return its standard error, and that with the two sides' rows as if independent.

    Parameters
    ----------
    points
        Moments at P points.
    fit
        Of them.
    kind
        ``nn``, ``hc1`` or ``cr1``, with the factor of each side and the root of their product
        between the sides.
    combination
        Coefficients of the variables, shape ``(q,)``.

    Raises
    ------
    NeedsRows
        Where the points do not hold what the variance needs.
    """
    above = points.x >= 0
    influences = [
        Influence(np.where(side, fit.level, 0.0), fit.fitted, fit.inside & side, fit.order + 1)
        for side in (~above, above)
    ]
    matrix = covariance(points, kind, influences, combination)
    return _root(float(matrix.sum())), _root(float(np.trace(matrix)))


def _root(variance: float) -> float:
    # A variance of zero may come out as less by rounding; one that is not a number stays so.
    return sqrt(max(variance, 0.0)) if np.isfinite(variance) else float("nan")
