"""CR3: the delete-one-cluster jackknife, from Gram matrices.

V = (G - 1) / G × sum over g of (b_(g) - b)(b_(g) - b)', where b_(g) = (A - A_g)^-1 (r - r_g) is the
estimate without cluster g and b the estimate on all clusters, about which the sum is taken.
Source: MacKinnon, Nielsen and Webb (2023), Journal of Econometrics 232(2), equation 11 (their CV3).
No count of parameters enters; the reference distribution is t(G - 1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import lapack

from evaluation.cells.grams import Grams
from evaluation.data.model_data import FloatArray, IntArray
from evaluation.errors import DataError

# Eigenvalues of a scaled Gram below this share of the largest are directions without information.
NULL = 1e-9
# Above this reciprocal condition number no eigenvalue is that small: Cholesky will do.
WELL_CONDITIONED = 1e-6
# A coefficient with more of its unit vector than this in such directions is not identified.
UNIDENTIFIED = 1e-6


@dataclass(frozen=True)
class Jackknife:
    """Estimates without each cluster in turn, and their variance.

    Attributes
    ----------
    estimates
        Shape ``(G, m)``, a row for every deleted cluster.
    covariance
        Shape ``(m, m)``.
    """

    estimates: FloatArray
    covariance: FloatArray


def jackknife(
    grams: Grams,
    beta: FloatArray,
    columns: IntArray,
    interest: IntArray,
    directions: FloatArray | None = None,
) -> Jackknife:
    """Return the CR3 variance of some coefficients.

    Nuisance coefficients may lose their identification in a deletion (a period seen in one
    cluster only): they then take the minimum-norm solution, which leaves the others as they are.

    Parameters
    ----------
    grams
        Cross-products by cluster.
    beta
        Full-sample estimates of ``columns``, shape ``(len(columns),)``.
    columns
        Positions of the columns that are kept.
    interest
        Positions, within ``columns``, of the coefficients wanted, shape ``(m,)``.
    directions
        What :func:`directions_without` returns for these Gram matrices, where it is known.

    Raises
    ------
    DataError
        Where a coefficient of interest is not identified without some cluster.
    """
    grams = _chosen(grams, columns)
    if directions is None:
        directions = directions_without(grams.gram, interest)
    left = grams.moment.sum(axis=0) - grams.moment
    found: FloatArray = np.matmul(directions, left[:, :, None])[:, :, 0]
    total = len(found)
    difference = found - beta[interest]
    covariance: FloatArray = (total - 1) / total * (difference.T @ difference)
    return Jackknife(found, covariance)


def directions_without(grams: FloatArray, interest: IntArray) -> FloatArray:
    """Return rows of (A - A_g)^-1 for every cluster g: what every outcome shares.

    Parameters
    ----------
    grams
        A_g, shape ``(G, p, p)``.
    interest
        Positions of the coefficients wanted, shape ``(m,)``; the result has shape ``(G, m, p)``.

    Raises
    ------
    DataError
        Where a coefficient of interest is not identified without some cluster.
    """
    gram, width = grams.sum(axis=0), grams.shape[1]
    wanted = np.zeros((width, len(interest)), order="F")
    wanted[interest, np.arange(len(interest))] = 1.0
    unit = 1.0 / np.sqrt(np.diag(gram))
    units = np.outer(unit, unit)
    found = np.empty((len(grams), len(interest), width))
    for g, own in enumerate(grams):
        left = (gram - own) * units
        solution = _solved(left, wanted)
        if solution is not None:
            found[g] = solution.T
            continue
        values, vectors = np.linalg.eigh((left + left.T) / 2)
        kept = values > NULL * values[-1]
        null = np.abs(vectors[np.ix_(interest, ~kept)]).max(initial=0.0)
        if values[-1] <= 0 or null > UNIDENTIFIED:
            raise DataError(
                "variance cr3: without one of the clusters a coefficient is not identified, as "
                "with one treated cluster, so the jackknife does not exist: name a finer cluster, "
                "or use variance = 'cr1', which gives one treated cluster no error"
            )
        used = vectors[:, kept]
        found[g] = (used[interest] / values[kept]) @ used.T
    found *= unit[interest, None]
    found *= unit
    return found


def _chosen(grams: Grams, columns: IntArray) -> Grams:
    if np.array_equal(columns, np.arange(grams.gram.shape[1])):
        return grams
    return Grams(grams.gram[:, columns[:, None], columns[None, :]], grams.moment[:, columns])


def _solved(matrix: FloatArray, right: FloatArray) -> FloatArray | None:
    """Return the solutions of a well-conditioned system, ``None`` for any other."""
    norm = float(np.abs(matrix).sum(axis=0).max())
    factor, failed = lapack.dpotrf(matrix, lower=1)
    if failed:
        return None
    reciprocal, _ = lapack.dpocon(factor, norm, uplo="L")
    if not reciprocal > WELL_CONDITIONED:
        return None
    solution: FloatArray = lapack.dpotrs(factor, right, lower=1)[0]
    return solution
