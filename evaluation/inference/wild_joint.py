"""The restricted wild cluster bootstrap of several coefficients at once.

With the hypothesis that coefficients J are zero imposed, b* restricted is b - B_J (B_JJ)^-1 b_J;
draws follow as for one coefficient, and W* = b*_J' (V*_JJ)^-1 b*_J with the cr1 covariance. Source:
MacKinnon, Nielsen and Webb (2023), Journal of Econometrics 232(2), section 5.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.cells.cluster_moments import ClusterMoments
from evaluation.cells.threads import one_blas_thread
from evaluation.data.model_data import FloatArray, IntArray
from evaluation.errors import EstimationError
from evaluation.inference.wild_bootstrap import TIE, Weights, all_signs, drawn

# Scores of a batch of draws: a million doubles are 8 MB an array.
BATCH_DOUBLES = 1_000_000


@dataclass(frozen=True, slots=True)
class WildJoint:
    """What the bootstrap says of several coefficients.

    Attributes
    ----------
    statistic
        Wald statistic with the ``cr1`` covariance.
    p_value
        Of the hypothesis that all are zero, as in ``WildBootstrap``.
    draws, enumerated
        As in ``WildBootstrap``.
    """

    statistic: float
    p_value: float
    draws: int
    enumerated: bool


def wild_joint(
    moments: ClusterMoments,
    which: IntArray,
    draws: int,
    generator: np.random.Generator,
    *,
    weights: Weights = "rademacher",
) -> WildJoint:
    """Test that several coefficients are zero.

    Parameters
    ----------
    moments
        The fit.
    which
        Positions among ``moments.interest``, shape ``(q,)``.
    draws, generator, weights
        As in ``wild_bootstrap``.

    Raises
    ------
    EstimationError
        Where there are not more clusters than coefficients: their covariance is singular.
    """
    q = len(which)
    if moments.clusters <= q:
        raise EstimationError(
            f"{q} coefficients cannot be tested jointly with {moments.clusters} clusters: test "
            "fewer, or name a finer cluster"
        )
    listed = weights == "rademacher" and 2 ** (moments.clusters - 1) <= draws
    signs = all_signs(moments.clusters) if listed else drawn(weights, draws, moments, generator)
    at = moments.interest[which]
    with one_blas_thread():
        bread = moments.bread()
        directions = bread[:, at]
        own = moments.scores() @ directions
        statistic = float(_wald(moments.beta[at][None], own[None], moments.factor)[0])
        shift = directions @ np.linalg.solve(directions[at], moments.beta[at])
        scores = moments.scores() + moments.gram @ shift
        turned = np.einsum("gij,jk->gki", moments.gram, directions) @ bread
        size = max(BATCH_DOUBLES // (moments.clusters * q), 1)
        found = np.concatenate(
            [
                _draws(signs[start : start + size], scores, directions, turned, moments.factor)
                for start in range(0, len(signs), size)
            ]
        )
    count = int(np.sum(~(found < (1.0 - TIE) * statistic)))
    p_value = count / len(signs) if listed else (1 + count) / (1 + len(signs))
    return WildJoint(statistic, p_value, len(signs), listed)


def _draws(
    v: FloatArray, scores: FloatArray, directions: FloatArray, turned: FloatArray, factor: float
) -> FloatArray:
    """Return W* of a batch of draws; one without a covariance is as large as can be."""
    along = scores @ directions
    moved = np.einsum("rp,gkp->rgk", v @ scores, turned, optimize=True)
    return _wald(v @ along, v[:, :, None] * along - moved, factor)


def _wald(estimates: FloatArray, scores: FloatArray, factor: float) -> FloatArray:
    """Return quadratic forms.

    Parameters
    ----------
    estimates
        Shape ``(batch, q)``.
    scores
        By cluster, along the coefficients, shape ``(batch, G, q)``.
    factor
        Small-sample factor.
    """
    covariance = factor * (scores.transpose(0, 2, 1) @ scores)
    scale = np.sqrt(np.einsum("rkk->rk", covariance))
    safe = np.where(scale > 0, scale, 1.0)
    correlation = covariance / (safe[:, :, None] * safe[:, None, :])
    known = np.linalg.eigvalsh(correlation)[:, 0] > TIE
    found = np.full(len(estimates), np.inf)
    scaled = (estimates / safe)[known]
    solved = np.linalg.solve(correlation[known], scaled[:, :, None])[:, :, 0]
    found[known] = np.einsum("rk,rk->r", scaled, solved)
    return found
