"""Whether levels differ: a joint test and pairwise differences, from joint influences."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from evaluation.checks._numbers import Number, number_at, number_of
from evaluation.estimators.contract import Fit, FloatArray
from evaluation.inference.equivalence import minimum_detectable_effect
from evaluation.inference.max_t import Simultaneous, simultaneous
from evaluation.inference.wald import Wald, hotelling_p_value, wald

AVERAGE = "average"
# Differences whose variance is less than this share of the levels' is rounding.
ROUNDING = 1e-16


@dataclass(frozen=True)
class Difference:
    """One level less another.

    Attributes
    ----------
    first, second
        Positions of the levels.
    estimate, std_error
        Of the difference.
    low, high, p_value
        Adjusted for all differences that are tested together; ``None`` without a variance.
    detectable
        The difference that is found with 80 per cent power, unadjusted.
    """

    first: int
    second: int
    estimate: float
    std_error: float | None
    low: float | None
    high: float | None
    p_value: float | None
    detectable: float | None


@dataclass(frozen=True)
class LevelTest:
    """What sets m levels apart.

    Attributes
    ----------
    test
        Joint test that all are equal.
    p_value
        By Hotelling's reference where there are degrees of freedom.
    df
        The fewest of any level; ``None`` means normal.
    differences
        Every pair.
    critical
        Half width of the differences' intervals in standard errors.
    levels
        Adjusted intervals of the levels themselves, shape ``(m, 2)``.
    """

    test: Wald
    p_value: float | None
    df: float | None
    differences: tuple[Difference, ...]
    critical: float
    levels: FloatArray


def level_number(fit: Fit) -> Number | None:
    """Return the number that stands for a level: its headline, or the average after the reform."""
    found = number_of(fit)
    if found is not None:
        return found
    place = next((at for at, one in enumerate(fit.terms) if one.term == AVERAGE), None)
    return None if place is None else number_at(fit, place)


def level_covariance(numbers: Sequence[Number], apart: bool | None) -> FloatArray | None:
    """Return the covariance of numbers of levels, each with the variance printed with it.

    Influences are summed within clusters, which are matched by what they are; levels that share
    none are independent. Each level's influence is scaled to its own printed variance, so that
    small-sample factors are those of its fit.

    Parameters
    ----------
    numbers
        One a level, m in all.
    apart
        Whether no cluster has rows in two levels, where that is known: used without influences.

    Returns
    -------
    FloatArray or None
        Shape ``(m, m)``; ``None`` where a level has no error, or clusters may be shared unseen.
    """
    errors = np.array([one.std_error or 0.0 for one in numbers])
    if not (errors > 0).all():
        return None
    known = [one.influence for one in numbers if one.influence is not None]
    if len(known) < len(numbers) or len({one.column for one in known}) > 1:
        return np.diag(errors**2) if apart else None
    labels: dict[Hashable, int] = {}
    for one in known:
        for label in one.labels:
            labels.setdefault(label, len(labels))
    values = np.zeros((len(labels), len(known)))
    for at, (one, number) in enumerate(zip(known, numbers, strict=True)):
        own = one.values[:, number.place]
        size = float(np.sqrt(own @ own))
        if not size > 0:
            return None
        values[[labels[label] for label in one.labels], at] = own * (errors[at] / size)
    covariance: FloatArray = values.T @ values
    return covariance


def level_test(numbers: Sequence[Number], covariance: FloatArray) -> LevelTest:
    """Return the joint test that levels are equal, and every pairwise difference.

    Parameters
    ----------
    numbers
        One a level, m of at least two.
    covariance
        Shape ``(m, m)``.
    """
    estimates = np.array([one.estimate for one in numbers])
    known = [one.df for one in numbers if one.df is not None]
    df = min(known) if known else None
    pairs = list(combinations(range(len(numbers)), 2))
    change = np.zeros((len(pairs), len(numbers)))
    for row, (first, second) in enumerate(pairs):
        change[row, first], change[row, second] = 1.0, -1.0
    joint = change @ covariance @ change.T
    dead = np.diag(joint) <= ROUNDING * float(np.diag(covariance).max())
    joint[dead, :] = joint[:, dead] = 0.0
    values = change @ estimates
    against_first = joint[: len(numbers) - 1, : len(numbers) - 1]
    test = wald(values[: len(numbers) - 1], against_first)
    p_value = test.p_value if df is None else hotelling_p_value(test, df + 1.0)
    adjusted = simultaneous(values, joint, df)
    own = simultaneous(estimates, covariance, df)
    half = own.critical * np.sqrt(np.diag(covariance))
    return LevelTest(
        test,
        p_value,
        df,
        tuple(
            _difference(pair, float(values[at]), float(joint[at, at]), adjusted, at, df)
            for at, pair in enumerate(pairs)
        ),
        adjusted.critical,
        np.column_stack([estimates - half, estimates + half]),
    )


def _difference(
    pair: tuple[int, int],
    value: float,
    variance: float,
    adjusted: Simultaneous,
    at: int,
    df: float | None,
) -> Difference:
    if not variance > 0:
        return Difference(*pair, value, None, None, None, None, None)
    error = float(np.sqrt(variance))
    half = adjusted.critical * error
    return Difference(
        *pair,
        value,
        error,
        value - half,
        value + half,
        float(adjusted.p_values[at]),
        minimum_detectable_effect(error, df),
    )
