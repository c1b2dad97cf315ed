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


def hotelling_p_value(test: Wald, blocks: float) -> float | None:
    """Return the upper tail of a Wald statistic whose covariance comes from few blocks.

    With nu = blocks - 1 and q restrictions, (nu - q + 1) / (nu q) × W is F(q, nu - q + 1) under the
    hypothesis, exactly so for normal scores of equal size. Source: Hotelling (1931), Annals of
    Mathematical Statistics 2(3).

    Parameters
    ----------
    test
        The Wald test.
    blocks
        Number of independent blocks, or the effective number where they differ in size.

    Returns
    -------
    float or None
        ``None`` where the blocks leave no degree of freedom.
    """
    nu, q = blocks - 1.0, test.rank
    if q == 0 or nu - q + 1 <= 0:
        return None
    return float(special.fdtrc(q, nu - q + 1, (nu - q + 1) / (nu * q) * test.statistic))


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
