"""How clusters move an estimate and its error: what a draw of clusters needs of one fit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.cells.cluster_moments import ClusterMoments
from evaluation.cells.threads import one_blas_thread
from evaluation.data.model_data import FloatArray
from evaluation.inference.jackknife import directions_without


@dataclass(frozen=True)
class Resampled:
    """One estimate whose clusters may be weighted at random.

    With weights v the estimate moves by Σ v_g ``moves_g``, and what it is squared from to get the
    variance of the draw is v_g ``own_g`` - ``left_g`` · ``right`` v, times ``factor``.

    Attributes
    ----------
    moves, own
        Shape ``(G,)``.
    left, right
        Shapes ``(G, k)`` and ``(k, G)``.
    factor
        Of the sum of squares.
    """

    moves: FloatArray
    own: FloatArray
    left: FloatArray
    right: FloatArray
    factor: float


def centred(moves: FloatArray) -> Resampled:
    """Return an estimate known by influences alone: a draw's mean is taken off each of them.

    Parameters
    ----------
    moves
        psi, shape ``(G,)``: the estimate's influences.
    """
    count = len(moves)
    left = np.full((count, 1), 1.0 / count)
    return Resampled(moves, moves, left, moves[None, :], count / (count - 1.0))


def refitted(moments: ClusterMoments, coefficient: int, *, jackknife: bool) -> Resampled:
    """Return a coefficient whose every draw is fitted anew: coefficients, scores and variance.

    A draw is the wild bootstrap's, outcomes being fitted values plus v_g times residuals. Its
    scores are v_g s_g - A_g b*, and its variance CR1, or with ``jackknife`` CR3, whose estimates
    without a cluster lie (A - A_g)^-1 times them away.

    Parameters
    ----------
    moments
        Of the fit.
    coefficient
        Position among the columns.
    jackknife
        Which variance.

    Raises
    ------
    DataError
        Where a coefficient is not identified without some cluster.
    """
    clusters = moments.clusters
    with one_blas_thread():
        scores, bread = moments.scores(), moments.bread()
        right = bread @ scores.T
        if jackknife:
            directions = directions_without(moments.gram, np.array([coefficient]))[:, 0]
            factor = (clusters - 1.0) / clusters
        else:
            directions = np.broadcast_to(bread[coefficient], scores.shape)
            factor = moments.factor
        own = np.einsum("gk,gk->g", directions, scores)
        left = np.einsum("gkl,gl->gk", moments.gram, directions)
    return Resampled(right[coefficient], own, left, right, factor)


def ratios(one: Resampled, weights: FloatArray) -> FloatArray:
    """Return estimates over their errors, draw by draw; infinite where a draw has no error.

    Parameters
    ----------
    one
        The estimate.
    weights
        v, shape ``(B, G)``.
    """
    with one_blas_thread():
        sums = weights @ one.moves
        apart = weights * one.own - (weights @ one.right.T) @ one.left.T
    spread = np.sqrt(one.factor * np.einsum("bg,bg->b", apart, apart))
    with np.errstate(divide="ignore", invalid="ignore"):
        found: FloatArray = np.where(sums == 0.0, 0.0, sums / spread)
    return found
