"""Joint test that several estimates are zero, from their whole covariance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from evaluation.data.model_data import FloatArray


@dataclass(frozen=True, slots=True)
class Wald:
    """A joint test.

    Attributes
    ----------
    statistic
        Quadratic form, chi-squared with ``rank`` degrees of freedom under the hypothesis.
    rank
        Numerical rank of the covariance, the number of restrictions that it can test.
    p_value
        Upper tail; ``None`` where the rank is zero.
    """

    statistic: float
    rank: int
    p_value: float | None


def wald(estimates: FloatArray, covariance: FloatArray, tolerance: float = 1e-10) -> Wald:
    """Return the Wald test that every estimate is zero.

    The covariance is scaled to a correlation matrix before its pseudo-inverse, so that the rank
    does not depend on the units of the estimates.

    Parameters
    ----------
    estimates
        Shape ``(m,)``.
    covariance
        Shape ``(m, m)``.
    tolerance
        Eigenvalues below ``tolerance`` times the largest count as zero.
    """
    scale = np.sqrt(np.diag(covariance))
    usable = scale > 0
    if not usable.any():
        return Wald(0.0, 0, None)
    scaled = estimates[usable] / scale[usable]
    correlation = covariance[np.ix_(usable, usable)] / np.outer(scale[usable], scale[usable])
    values, vectors = np.linalg.eigh((correlation + correlation.T) / 2)
    kept = values > tolerance * values.max()
    projected = vectors[:, kept].T @ scaled
    statistic = float(np.sum(projected**2 / values[kept]))
    rank = int(kept.sum())
    return Wald(statistic, rank, float(special.chdtrc(rank, statistic)))
