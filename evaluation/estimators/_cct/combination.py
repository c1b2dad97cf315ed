"""Which combination of outcome, treatment and controls an estimate is of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.cells.rank import TOLERANCE
from evaluation.data.model_data import FloatArray
from evaluation.errors import EstimationError
from evaluation.estimators._cct.local import LocalFit
from evaluation.estimators._cct.points import MassPoints


@dataclass(frozen=True)
class Combination:
    """Coefficients of the variables, each of shape ``(q,)``.

    Attributes
    ----------
    outcome
        Outcome less what controls explain.
    treatment
        Treatment less what controls explain; ``None`` in a sharp design.
    """

    outcome: FloatArray
    treatment: FloatArray | None = None


def combination_of(points: MassPoints, fits: Sequence[LocalFit]) -> Combination:
    """Return the combination that takes controls off by one regression on all the fits' rows.

    Controls enter linearly and with the same coefficients on both sides (Calonico, Cattaneo,
    Farrell and Titiunik 2019, Review of Economics and Statistics 101(3), equation 3). Those that
    add nothing are left alone by a pseudo-inverse of their correlations. rdrobust takes that of
    their cross-products, and so loses controls whose values are about 1e-8 times those of others.

    Parameters
    ----------
    points
        Moments at P points.
    fits
        Local fits: of one side, or of both.
    """
    q = len(points.centre)
    first = 2 if points.fuzzy else 1
    left = np.eye(q)[:first]
    if q > first:
        products = np.sum([_products(points, fit) for fit in fits], axis=0)
        size = np.sqrt(np.diag(products)[first:])
        unit = np.where(size > 0, size, 1.0)
        among = products[first:, first:] / np.outer(unit, unit)
        gamma = np.linalg.pinv(among, rcond=TOLERANCE, hermitian=True) @ (
            products[first:, :first] / unit[:, None]
        )
        left[:, first:] = -(gamma / unit[:, None]).T
    return Combination(left[0], left[1] if points.fuzzy else None)


def _products(points: MassPoints, fit: LocalFit) -> FloatArray:
    """Return kernel-weighted products of residuals, shape ``(q, q)``."""
    moments, here = points.moments, fit.inside
    away = moments.mean[here] - fit.fitted[here]
    kernel = fit.kernel[here]
    inner = np.tensordot(kernel, moments.scatter[here], axes=1)
    products: FloatArray = inner + (away * (kernel * moments.weight[here])[:, None]).T @ away
    return products


def ratio(
    points: MassPoints, found: Combination, numerator: float, denominator: float
) -> FloatArray:
    """Return the combination that moves as a ratio of two numbers does.

    Parameters
    ----------
    points
        For the message.
    found
        Of a fuzzy design.
    numerator, denominator
        What the outcome's and the treatment's combinations give.

    Raises
    ------
    EstimationError
        Where the treatment does not move at all.
    """
    if found.treatment is None:
        return found.outcome
    if denominator == 0:
        raise EstimationError(
            f"outcome {points.outcome}: the treatment does not change at the cutoff, so nothing "
            "can be divided by its change: use the sharp design"
        )
    moved: FloatArray = found.outcome / denominator - found.treatment * (numerator / denominator**2)
    return moved
