"""Two-sided intervals and p-values from an estimate and its standard error."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import special

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """A two-sided interval with the p-value of the hypothesis of zero.

    Attributes
    ----------
    low, high
        Bounds, in units of the estimate; ``None`` where there is no standard error.
    p_value
        Two-sided; ``None`` where the standard error is zero or unknown.
    """

    low: float | None
    high: float | None
    p_value: float | None


def critical_value(probability: float, df: float | None = None) -> float:
    """Return a quantile of the normal distribution, or of Student's t.

    Parameters
    ----------
    probability
        Between 0 and 1, such as 0.975.
    df
        Degrees of freedom; ``None`` means normal.
    """
    return float(special.ndtri(probability) if df is None else special.stdtrit(df, probability))


def upper_tail(ratio: float, df: float | None = None) -> float:
    """Return the chance that a normal or Student's t variable exceeds ``ratio``."""
    return float(special.ndtr(-ratio) if df is None else special.stdtr(df, -ratio))


def interval(
    estimate: float, std_error: float | None, df: float | None = None, level: float = LEVEL
) -> Interval:
    """Return the interval ``estimate ± critical value × std_error``.

    Parameters
    ----------
    estimate, std_error
        In the same units; a ``std_error`` of ``None`` or ``nan`` gives an empty interval.
    df
        Degrees of freedom of Student's t; ``None`` means normal.
    level
        Coverage, 0.95 unless told otherwise.
    """
    if std_error is None or not math.isfinite(std_error):
        return Interval(None, None, None)
    half = critical_value(0.5 + level / 2, df) * std_error
    if std_error == 0.0:
        return Interval(estimate, estimate, None)
    p_value = 2.0 * upper_tail(abs(estimate) / std_error, df)
    return Interval(estimate - half, estimate + half, p_value)
