"""How an estimator did over replications: every number with its Monte Carlo error.

Sources: Morris, White and Crowther (2019), Statistics in Medicine 38(11), Table 6, for the measures
and their errors; Gelman and Carlin (2014), Perspectives on Psychological Science 9(6), for errors
of sign (type S) and of magnitude (type M) among significant estimates.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Measured:
    """A number over replications and its Monte Carlo error; the error is nan from one alone."""

    value: float
    error: float


def mean_of(values: FloatArray, truth_error: float = 0.0) -> Measured:
    """Return the mean of ``values``, shape ``(R,)``; ``truth_error`` is that of what it is less."""
    count = len(values)
    own = float(np.std(values, ddof=1)) / math.sqrt(count) if count > 1 else math.nan
    return Measured(float(np.mean(values)), math.hypot(own, truth_error))


def root_mean_square(errors: FloatArray) -> Measured:
    """Return the root mean square of ``errors``, shape ``(R,)``."""
    square = mean_of(errors**2)
    root = math.sqrt(square.value)
    return Measured(root, square.error / (2.0 * root) if root > 0 else 0.0)


def spread_of(values: FloatArray) -> Measured:
    """Return the standard deviation of ``values``, shape ``(R,)``, its error as for normal ones."""
    count = len(values)
    if count < 2:
        return Measured(math.nan, math.nan)
    if np.ptp(values) == 0:  # a mean in floating point may lie beside equal values
        return Measured(0.0, 0.0)
    spread = float(np.std(values, ddof=1))
    return Measured(spread, spread / math.sqrt(2.0 * (count - 1)))


def ratio_of(first: Measured, second: Measured) -> Measured:
    """Return the ratio of two measured numbers, by the delta method as if they were unrelated."""
    if not second.value > 0:
        return Measured(math.nan, math.nan)
    ratio = first.value / second.value
    own = first.error / second.value
    return Measured(ratio, math.hypot(own, ratio * second.error / second.value))


def share_of(held: BoolArray) -> Measured:
    """Return the share of ``held``, shape ``(R,)``, with its binomial error."""
    count = len(held)
    if count == 0:
        return Measured(math.nan, math.nan)
    share = float(np.mean(held))
    return Measured(share, math.sqrt(share * (1.0 - share) / count))


def type_s_of(estimates: FloatArray, significant: BoolArray, truth: float) -> Measured:
    """Return the share of significant estimates that have the wrong sign.

    Parameters
    ----------
    estimates, significant
        Shape ``(R,)``.
    truth
        Other than zero; nan for both numbers where no estimate is significant.
    """
    return share_of(np.sign(estimates[significant]) != np.sign(truth))


def type_m_of(estimates: FloatArray, significant: BoolArray, truth: float) -> Measured:
    """Return by how much significant estimates exaggerate: mean size over that of the truth.

    Parameters
    ----------
    estimates, significant
        Shape ``(R,)``.
    truth
        Other than zero; nan for both numbers where no estimate is significant.
    """
    if not significant.any():
        return Measured(math.nan, math.nan)
    return mean_of(np.abs(estimates[significant]) / abs(truth))


def band(count: int, lines: int, share: float, confidence: float = 0.95) -> tuple[float, float]:
    """Return between which shares of replications a right method lies, over all lines of a table.

    Parameters
    ----------
    count
        Replications.
    lines
        Of the table: the binomial band is Bonferroni-adjusted over them.
    share
        What is right, such as 0.95.
    confidence
        That no line of right methods lies outside.
    """
    from scipy import stats

    tail = (1.0 - confidence) / lines / 2.0
    ends = stats.binom.ppf([tail, 1.0 - tail], count, share) / count
    return float(ends[0]), float(ends[1])
