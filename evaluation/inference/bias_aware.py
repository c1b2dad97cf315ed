"""Intervals that count the largest bias an estimator can have.

An estimate with standard error s and a bias of at most B has the interval estimate ± cv(B / s) s,
where cv(b) is a quantile of |N(b, 1)|: Armstrong and Kolesár (2018), Econometrica 86(2), equation
18; (2020), Quantitative Economics 11(1), equation 4. Degrees of freedom ``None`` means normal; a
number means Student's t moved by b in the normal's place.
"""

from __future__ import annotations

from math import isfinite

from scipy import optimize

from evaluation.inference.intervals import LEVEL, Interval, critical_value, upper_tail


def bias_aware_critical_value(bias: float, df: float | None = None, level: float = LEVEL) -> float:
    """Return the quantile ``level`` of the absolute value of a variable centred at ``bias``.

    Parameters
    ----------
    bias
        At least 0, in standard errors.
    df
        Degrees of freedom; ``None`` means normal.
    level
        Between 0 and 1.
    """
    two_sided, one_sided = critical_value(0.5 + level / 2, df), critical_value(level, df)
    if bias == 0:
        return two_sided

    def excess(cut: float) -> float:
        return upper_tail(cut - bias, df) + upper_tail(cut + bias, df) - (1 - level)

    # From a bias of a few standard errors on, the farther tail is zero and the root is an end.
    low, high = max(bias + one_sided - 1e-9, 0.0), bias + two_sided + 1e-9
    return float(optimize.brentq(excess, low, high, xtol=1e-14, rtol=1e-14))


def half_length(
    std_error: float, bias: float, df: float | None = None, level: float = LEVEL
) -> float:
    """Return half the length of the interval.

    Parameters
    ----------
    std_error, bias
        In the units of the estimate, at least 0.
    df
        Degrees of freedom; ``None`` means normal.
    level
        Coverage.
    """
    if std_error == 0:
        return bias
    return std_error * bias_aware_critical_value(bias / std_error, df, level)


def bias_aware_interval(
    estimate: float, std_error: float, bias: float, df: float | None = None, level: float = LEVEL
) -> Interval:
    """Return the interval of an estimate whose bias is bounded, and the p-value of zero.

    The p-value is the largest chance of a larger absolute estimate if the truth is zero.

    Parameters
    ----------
    estimate, std_error, bias
        In the same units; ``bias`` is the largest absolute bias.
    df
        Degrees of freedom; ``None`` means normal.
    level
        Coverage.
    """
    if not isfinite(std_error):
        return Interval(None, None, None)
    half = half_length(std_error, bias, df, level)
    if std_error == 0:
        return Interval(estimate - half, estimate + half, None)
    ratio, most = abs(estimate) / std_error, bias / std_error
    p_value = upper_tail(ratio - most, df) + upper_tail(ratio + most, df)
    return Interval(estimate - half, estimate + half, min(p_value, 1.0))
