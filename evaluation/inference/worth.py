"""The worth of several effects together, each at an amount that may be known with error or not."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from evaluation.data.model_data import FloatArray
from evaluation.inference.intervals import critical_value


@dataclass(frozen=True)
class Effects:
    """Effects that are to be valued, k in all.

    Attributes
    ----------
    estimates, errors
        Shape ``(k,)``.
    covariance
        Shape ``(k, k)``; ``None`` where it is not known: the worst correlation is assumed then.
    biases
        Largest absolute bias of each, shape ``(k,)``.
    df
        Degrees of freedom; ``None`` means normal.
    """

    estimates: FloatArray
    errors: FloatArray
    covariance: FloatArray | None
    biases: FloatArray
    df: float | None


@dataclass(frozen=True)
class Amounts:
    """What one unit of each effect is worth.

    Attributes
    ----------
    values
        Shape ``(k,)``.
    low, high
        Between which each lies for certain; both its value where that is exact.
    errors
        Standard error of each, independent of the effects and of one another; 0 where exact.
    """

    values: FloatArray
    low: FloatArray
    high: FloatArray
    errors: FloatArray


@dataclass(frozen=True)
class Valued:
    """A sum of effects times amounts, with its standard error at the amounts and its interval."""

    value: float
    std_error: float
    low: float
    high: float


def valued(effects: Effects, amounts: Amounts) -> Valued:
    """Return Σ amount × effect with an interval that holds for every amount inside its bounds.

    At given amounts a the variance is a'Va + b'Sb, with V the covariance of the effects b and S
    that of the amounts (the delta method: what it leaves out of the variance of a product,
    tr(VS), the squares of the estimates hold already). Without V the first part is its upper
    bound (Σ |a| × error)². Half the interval is the critical value times the root, plus Σ |a| ×
    bias. Each end is the outermost over the bounds of the amounts: it is reached at one of their
    corners, as the half is convex in a.

    Parameters
    ----------
    effects, amounts
        Of k items each.
    """
    cut = critical_value(0.975, effects.df)
    own = float(np.sum((effects.estimates * amounts.errors) ** 2))

    def error(at: FloatArray) -> float:
        if effects.covariance is None:
            spread = float(np.abs(at) @ effects.errors) ** 2
        else:
            spread = max(0.0, float(at @ effects.covariance @ at))
        return float(np.sqrt(spread + own))

    ends = []
    for corner in product(*_distinct(amounts)):
        at = np.array(corner)
        middle = float(at @ effects.estimates)
        half = cut * error(at) + float(np.abs(at) @ effects.biases)
        ends.append((middle - half, middle + half))
    return Valued(
        float(amounts.values @ effects.estimates),
        error(amounts.values),
        min(low for low, _ in ends),
        max(high for _, high in ends),
    )


def _distinct(amounts: Amounts) -> list[tuple[float, ...]]:
    pairs = zip(amounts.low, amounts.high, strict=True)
    return [(low,) if low == high else (low, high) for low, high in pairs]
