"""Inference for one treated unit: the same fit with every donor in its place.

With J donors the treated unit is one of J + 1, each with a statistic; under the sharp null, and
if the treated unit had been any of them with equal chance, its rank is uniform: the smallest
p-value is 1 / (J + 1). Sources: Abadie, Diamond and Hainmueller (2010), Journal of the American
Statistical Association 105(490), sections 2.4 and 3.4; Arkhangelsky et al. (2021), American
Economic Review 111(12), algorithm 4, for the variance, here over every donor in place of draws.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.data.model_data import FloatArray

# Statistics this close are ties, which count against the treated unit.
TIE = 1e-9
# Gaps before the reform this small, against those after, are rounding.
EXACT = 1e-9


@dataclass(frozen=True)
class Rank:
    """A statistic among those of its placebos.

    Attributes
    ----------
    rank
        1 for the largest; ties count as larger.
    among
        The treated unit and its placebos, J + 1.
    """

    rank: int
    among: int

    @property
    def p_value(self) -> float:
        """Rank over the number of units."""
        return self.rank / self.among


def rank_among(statistic: float, placebos: FloatArray) -> Rank:
    """Return the rank of a statistic among its placebos, the largest first.

    Parameters
    ----------
    statistic
        Of the treated unit.
    placebos
        Of every donor in its place, shape ``(J,)``.
    """
    at_least = placebos >= statistic * (1.0 - TIE) if statistic > 0 else placebos >= statistic
    return Rank(1 + int(at_least.sum()), len(placebos) + 1)


def placebo_covariance(placebos: FloatArray) -> FloatArray:
    """Return the covariance of estimates over donors in the treated unit's place.

    Parameters
    ----------
    placebos
        One row a donor, shape ``(J, q)``.

    Returns
    -------
    FloatArray
        Shape ``(q, q)``; the divisor is J, as in algorithm 4.
    """
    centred = placebos - placebos.mean(axis=0)
    covariance: FloatArray = centred.T @ centred / len(placebos)
    return covariance


def root_mean_square(gaps: FloatArray) -> FloatArray:
    """Return the root of the mean square over the last axis: an RMSPE of gaps."""
    found: FloatArray = np.sqrt(np.mean(gaps * gaps, axis=-1))
    return found


def ratios(post: FloatArray, pre: FloatArray) -> FloatArray:
    """Return post over pre RMSPE; infinite where a unit is met exactly before the reform.

    A unit is met exactly where its gaps before are rounding beside those after.
    """
    found = np.full(np.shape(post), np.inf)
    missed = np.asarray(pre) > EXACT * np.asarray(post)
    np.divide(post, pre, out=found, where=missed)
    return found
