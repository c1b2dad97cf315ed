"""Intervals whose bias bound grows with the effect itself."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from scipy import optimize

from evaluation.inference.bias_aware import bias_aware_interval, half_length
from evaluation.inference.intervals import LEVEL


@dataclass(frozen=True)
class ScaledBias:
    """The largest bias if the truth is k: ``fixed + share × |k|``.

    Attributes
    ----------
    fixed
        In units of the estimate, at least 0.
    share
        At least 0.
    """

    fixed: float
    share: float

    def at(self, truth: float) -> float:
        """Return the largest bias if that is the truth."""
        return self.fixed + self.share * abs(truth)


@dataclass(frozen=True)
class ScaledInterval:
    """All truths that a bias-aware test does not reject.

    Attributes
    ----------
    low, high
        Ends; ``None`` where the set has none.
    p_value
        Of zero.
    largest_bias
        At the end that lies farther from zero; ``None`` without ends.
    """

    low: float | None
    high: float | None
    p_value: float | None
    largest_bias: float | None


def scaled_interval(
    estimate: float,
    std_error: float,
    bias: ScaledBias,
    df: float | None = None,
    level: float = LEVEL,
) -> ScaledInterval:
    """Return the truths k with |estimate - k| at most cv(bias(k) / s) s.

    With a share of zero this is the bias-aware interval. Below one, k less the half length at k
    rises throughout, so that the truths are an interval; from one on a truth however large may
    leave no trace, and there are no ends. Every truth beyond an end that lies farther from zero
    has a bias of more than ``largest_bias`` and is rejected all the same, so that an equivalence
    test with that one number errs on the safe side.

    Parameters
    ----------
    estimate, std_error
        In the same units; the error is positive.
    bias
        Its bound.
    df
        Degrees of freedom; ``None`` means normal.
    level
        Coverage.
    """
    zero = bias_aware_interval(0.0 if not isfinite(estimate) else estimate, std_error,
                               bias.at(0.0), df, level)  # fmt: skip
    if bias.share >= 1:
        return ScaledInterval(None, None, zero.p_value, None)
    ends = [_end(estimate, std_error, bias, df, level, sign) for sign in (-1.0, 1.0)]
    return ScaledInterval(ends[0], ends[1], zero.p_value, max(bias.at(one) for one in ends))


def _end(
    estimate: float, std_error: float, bias: ScaledBias, df: float | None, level: float, sign: float
) -> float:
    """Return the end of the set on one side of the estimate."""

    def beyond(distance: float) -> float:
        return distance - half_length(std_error, bias.at(estimate + sign * distance), df, level)

    # A distance at which the bound on the half length is surely left behind.
    far = half_length(std_error, bias.at(estimate), df, level) / (1 - bias.share)
    if bias.share == 0:
        return estimate + sign * far
    distance = optimize.brentq(beyond, 0.0, 2 * far, xtol=1e-14 * far, rtol=1e-14)
    return float(estimate + sign * distance)
