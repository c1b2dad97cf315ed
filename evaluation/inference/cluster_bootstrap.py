"""The pairs cluster bootstrap: clusters drawn with replacement, from their moments.

A cluster drawn w times enters with w copies of its Gram matrix and score, each a cluster of its
own: b* = (Σ w_g A_g)^-1 Σ w_g r_g, V* = factor × B* (Σ w_g s*_g s*_g') B*. Source: Cameron, Gelbach
and Miller (2008), Review of Economics and Statistics 90(3), section III.A.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.cells.cluster_moments import ClusterMoments
from evaluation.cells.threads import one_blas_thread
from evaluation.data.model_data import FloatArray

# Eigenvalues of a scaled Gram below this share of the largest are directions without information.
NULL = 1e-9
# A smallest squared pivot above this leaves no such direction worth the slower road.
SAFE = 1e-6
# A coefficient with more of its unit vector than this in such directions is not identified.
UNIDENTIFIED = 1e-6
# Gram matrices of a batch of draws: two million doubles are 16 MB.
BATCH_DOUBLES = 2_000_000


@dataclass(frozen=True)
class ClusterBootstrap:
    """Draws of the coefficients of interest, m in all.

    Attributes
    ----------
    estimates, std_errors
        Draws in which every coefficient is identified, shape ``(R - singular, m)``.
    percentile
        Quantiles of the draws, shape ``(m, 2)``.
    studentised
        b - quantiles of (b* - b) / se* times se, shape ``(m, 2)``.
    statistics
        t of the hypothesis of zero, with the ``cr1`` error of the clusters as they are,
        shape ``(m,)``.
    p_values
        (1 + #) / (1 + R), # of the draws' |b* - b| / se* at least as large as |t|, shape ``(m,)``.
    singular
        Draws in which a coefficient is not identified or has no error; they are left out.
    """

    estimates: FloatArray
    std_errors: FloatArray
    percentile: FloatArray
    studentised: FloatArray
    statistics: FloatArray
    p_values: FloatArray
    singular: int


def cluster_bootstrap(
    moments: ClusterMoments, draws: int, generator: np.random.Generator, *, level: float = 0.95
) -> ClusterBootstrap:
    """Draw clusters with replacement and refit.

    Parameters
    ----------
    moments
        The fit.
    draws
        R.
    generator
        Source of the draws.
    level
        Of the intervals. ``nan`` where no draw is left.
    """
    total, width = moments.clusters, len(moments.beta)
    copies = generator.multinomial(total, np.full(total, 1.0 / total), size=draws)
    size = max(BATCH_DOUBLES // (width * max(width, total)), 1)
    with one_blas_thread():
        unit = 1.0 / np.sqrt(np.diag(moments.gram.sum(axis=0)))
        parts = [
            _refit(moments, unit, copies[start : start + size].astype(np.float64))
            for start in range(0, draws, size)
        ]
        bread, scores = moments.bread(), moments.scores()
    estimates = np.concatenate([one[0] for one in parts])
    errors = np.concatenate([one[1] for one in parts])
    known = np.isfinite(estimates).all(axis=1) & (errors > 0).all(axis=1)
    estimates, errors = estimates[known], errors[known]
    own = moments.beta[moments.interest]
    error = np.sqrt(moments.factor * np.sum((scores @ bread[:, moments.interest]) ** 2, axis=0))
    statistics = own / error
    tails = [(1.0 - level) / 2.0, (1.0 + level) / 2.0]
    if not len(estimates):
        nothing = np.full((len(own), 2), np.nan)
        return ClusterBootstrap(
            estimates, errors, nothing, nothing, statistics, nothing[:, 0], draws
        )
    percentile = np.quantile(estimates, tails, axis=0).T
    pivots = (estimates - own) / errors
    ends = np.quantile(pivots, tails, axis=0).T
    studentised = (own[:, None] - ends * error[:, None])[:, ::-1]
    reached = np.abs(pivots) >= np.abs(statistics)
    p_values = (1 + reached.sum(axis=0)) / (1 + len(pivots))
    return ClusterBootstrap(
        estimates,
        errors,
        percentile,
        studentised,
        statistics,
        p_values,
        draws - int(known.sum()),
    )


def _refit(
    moments: ClusterMoments, unit: FloatArray, copies: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return estimates and ``cr1`` errors of a batch of draws, each of shape ``(draws, m)``."""
    total, width = moments.moment.shape
    at, draws = moments.interest, len(copies)
    grams = (copies @ moments.gram.reshape(total, width * width)).reshape(-1, width, width)
    sides = copies @ moments.moment
    beta = np.zeros((draws, width))
    directions = np.full((draws, width, len(at)), np.nan)
    for r in range(draws):
        bread = _inverse(grams[r] * np.outer(unit, unit), moments)
        if bread is not None:
            beta[r] = (bread @ (sides[r] * unit)) * unit
            directions[r] = bread[:, at] * unit[:, None] * unit[at]
    # A_g b of every cluster and draw, then scores along the coefficients.
    fitted = (moments.gram.reshape(total * width, width) @ beta.T).reshape(total, width, draws)
    scores = (moments.moment - fitted.transpose(2, 0, 1)) @ directions
    errors = np.sqrt(moments.factor * np.einsum("rg,rgk->rk", copies, scores**2))
    return np.where(np.isnan(errors), np.nan, beta[:, at]), errors


def _inverse(gram: FloatArray, moments: ClusterMoments) -> FloatArray | None:
    """Return a scaled Gram's inverse, or its pseudo-inverse where nuisance columns are lost.

    ``None`` where a coefficient of interest is not identified.
    """
    gram = (gram + gram.T) / 2.0
    try:
        factor = np.linalg.cholesky(gram)
    except np.linalg.LinAlgError:
        return _pseudo_inverse(gram, moments)
    if np.diag(factor).min() ** 2 < SAFE:
        return _pseudo_inverse(gram, moments)
    root = np.linalg.inv(factor)
    found: FloatArray = root.T @ root
    return found


def _pseudo_inverse(gram: FloatArray, moments: ClusterMoments) -> FloatArray | None:
    values, vectors = np.linalg.eigh(gram)
    kept = values > NULL * values[-1]
    if values[-1] <= 0.0:
        return None
    if np.abs(vectors[np.ix_(moments.interest, ~kept)]).max(initial=0.0) > UNIDENTIFIED:
        return None
    used = vectors[:, kept]
    found: FloatArray = (used / values[kept]) @ used.T
    return found
