"""Sandwich variances from scores: iid, HC1, and CR1 in one or two ways.

A score is the row x_i w_i e_i, where x is residualised on absorbed effects, w is the weight and e
the residual. With B = (X'WX)^-1:

- iid: s² B, s² = sum of w e² / (n - k);
- HC1: factor × B (sum over rows of s_i s_i') B (White 1980; MacKinnon and White 1985);
- CR1: factor × B (sum over clusters of s_g s_g') B, s_g the sum of scores in cluster g;
- two ways: V_a + V_b - V_ab, ab the intersections (Cameron, Gelbach and Miller 2011, equation 2.8).
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from evaluation.data.model_data import FloatArray, IntArray


def iid(
    bread: FloatArray, residual: FloatArray, weight: FloatArray, df: int, inside: float = 0.0
) -> FloatArray:
    """Return the variance under equal and independent errors, shape ``(p, p)``.

    Parameters
    ----------
    bread
        B, shape ``(p, p)``.
    residual, weight
        Shape ``(n,)``.
    df
        n - k.
    inside
        For cells: weighted sum of squared residuals about the cell means.
    """
    return bread * ((float(np.sum(weight * residual**2)) + inside) / df)


def hc1(bread: FloatArray, scores: FloatArray, factor: float) -> FloatArray:
    """Return the heteroskedasticity-robust variance, shape ``(p, p)`` or ``(m, m)``.

    Parameters
    ----------
    bread
        B, shape ``(p, p)``, or its columns for m coefficients, shape ``(p, m)``.
    scores
        Shape ``(n, p)``.
    factor
        n / (n - k).
    """
    return factor * (bread.T @ (scores.T @ scores) @ bread)


def sum_by(codes: IntArray, scores: FloatArray) -> FloatArray:
    """Return the sums of score rows by code, shape ``(codes, p)``, in a fixed order."""
    return weighted_sums(codes, np.ones(len(codes)), scores)


def weighted_sums(codes: IntArray, weight: FloatArray, values: FloatArray) -> FloatArray:
    """Return the sums of weighted rows by code, in a fixed order.

    Parameters
    ----------
    codes
        Codes 0, 1, ... shape ``(n,)``.
    weight
        What each row is multiplied by, shape ``(n,)``.
    values
        Shape ``(n, p)``; the result has shape ``(codes, p)``.
    """
    rows, size = len(codes), int(codes.max()) + 1
    where = sparse.csr_array((weight, codes, np.arange(rows + 1)), shape=(rows, size))
    found: FloatArray = where.T @ values
    return found


def crossed(first: IntArray, second: IntArray) -> IntArray:
    """Return codes 0, 1, ... of the pairs that occur, shape ``(n,)``."""
    joint = first * (int(second.max()) + 1) + second
    return np.asarray(np.unique(joint, return_inverse=True)[1], dtype=np.int64)


def cr1(
    bread: FloatArray, scores: FloatArray, clusters: tuple[IntArray, ...], factor: float
) -> FloatArray:
    """Return the cluster-robust variance, shape ``(p, p)`` or ``(m, m)``.

    A two-way variance need not be positive in finite samples. It is returned as it is: raising
    eigenvalues to zero would make it depend on the units of other columns. The caller refuses a
    variance that is not positive.

    Parameters
    ----------
    bread
        B, shape ``(p, p)``, or its columns for m coefficients, shape ``(p, m)``.
    scores
        Shape ``(n, p)``; rows may already be sums within a cluster.
    clusters
        One or two arrays of codes, shape ``(n,)``.
    factor
        Small-sample factor, applied to every part.
    """
    meat = _meat(scores, clusters[0])
    if len(clusters) == 2:
        meat = meat + _meat(scores, clusters[1]) - _meat(scores, crossed(*clusters))
    variance: FloatArray = factor * (bread.T @ meat @ bread)
    return variance


def _meat(scores: FloatArray, codes: IntArray) -> FloatArray:
    sums = sum_by(codes, scores)
    meat: FloatArray = sums.T @ sums
    return meat
