"""What a null rules out: two one-sided tests, their power, and the minimum detectable effect.

Source: Schuirmann (1987), Journal of Pharmacokinetics and Biopharmaceutics 15(6). Degrees of
freedom ``None`` means normal; a number means Student's t.
"""

from __future__ import annotations

from dataclasses import dataclass

from evaluation.inference.bias_aware import bias_aware_critical_value
from evaluation.inference.intervals import critical_value, upper_tail


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Two one-sided tests at 5 per cent each.

    Attributes
    ----------
    p_value
        Larger of the two one-sided p-values, of the hypothesis that the effect lies outside the
        bounds.
    low, high
        The 90 per cent interval: it lies inside the bounds exactly where ``p_value`` < 0.05.
    """

    p_value: float
    low: float
    high: float


def equivalence(
    estimate: float,
    std_error: float,
    low: float,
    high: float,
    df: float | None = None,
    bias: float = 0.0,
) -> Equivalence:
    """Test that the effect lies between two bounds.

    Parameters
    ----------
    estimate, std_error
        In the units of the bounds.
    low, high
        Smallest effects of interest, ``low < high``.
    df
        Degrees of freedom; ``None`` means normal.
    bias
        Largest absolute bias of the estimate: either test counts all of it.

    Raises
    ------
    ValueError
        Where the bounds are out of order or the standard error is not positive.
    """
    if not low < high:
        raise ValueError("the lower bound must lie below the upper bound")
    if not std_error > 0:
        raise ValueError("an equivalence test needs a positive standard error")
    above_low = upper_tail((estimate - bias - low) / std_error, df)
    below_high = upper_tail((high - estimate - bias) / std_error, df)
    half = bias + critical_value(0.95, df) * std_error
    return Equivalence(max(above_low, below_high), estimate - half, estimate + half)


def equivalence_power(
    true_effect: float, std_error: float, bound: float, df: float | None = None
) -> float:
    """Return the chance that the tests rule out effects beyond ``±bound``.

    F((bound - true) / se - c) + F((bound + true) / se - c) - 1, floored at zero, with c the 95th
    percentile.

    Parameters
    ----------
    true_effect, std_error, bound
        In the same units, ``bound`` and ``std_error`` positive.
    df
        Degrees of freedom; ``None`` means normal.
    """
    cut = critical_value(0.95, df)
    beyond_high = upper_tail(cut - (bound - true_effect) / std_error, df)
    beyond_low = upper_tail(cut - (bound + true_effect) / std_error, df)
    return max(0.0, beyond_high + beyond_low - 1.0)


def minimum_detectable_effect(
    std_error: float, df: float | None = None, bias: float = 0.0
) -> float:
    """Return the effect that a two-sided 5 per cent test finds with 80 per cent power.

    (t.975 + t.80) × standard error. With a bias of at most B it is what is found whatever the bias:
    B + (cv(B / standard error) + t.80) × standard error, with cv the bias-aware critical value.

    Parameters
    ----------
    std_error
        In the units of the effect.
    df
        Degrees of freedom; ``None`` means normal.
    bias
        Largest absolute bias of the estimate.
    """
    cut = bias_aware_critical_value(bias / std_error, df)
    return bias + (cut + critical_value(0.80, df)) * std_error
