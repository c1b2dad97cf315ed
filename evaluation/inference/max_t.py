"""Intervals and p-values that hold for several estimates at once, from their joint covariance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.data.model_data import FloatArray
from evaluation.inference.intervals import critical_value, interval

LEVEL = 0.95
DRAWS, SEED = 20_000, 0


@dataclass(frozen=True)
class Simultaneous:
    """What holds for m estimates at once.

    Attributes
    ----------
    critical
        Half width of every interval in standard errors; ``nan`` where nothing varies.
    p_values
        Two-sided and adjusted, shape ``(m,)``; ``nan`` where an estimate has no variance.
    """

    critical: float
    p_values: FloatArray


def simultaneous(
    estimates: FloatArray, covariance: FloatArray, df: float | None = None
) -> Simultaneous:
    """Return the single-step max-t adjustment of estimates that are tested together.

    The distribution of the largest absolute t-ratio is that of normal draws with the estimates'
    correlation, over one chi-squared draw with ``df``; draws are seeded. One estimate alone is not
    adjusted. Source: Westfall and Young (1993), Resampling-Based Multiple Testing, section 2.

    Parameters
    ----------
    estimates
        Shape ``(m,)``.
    covariance
        Shape ``(m, m)``.
    df
        Degrees of freedom of Student's t; ``None`` means normal.
    """
    errors = np.sqrt(np.diag(covariance))
    usable = errors > 0
    p_values = np.full(len(estimates), np.nan)
    if not usable.any():
        return Simultaneous(float("nan"), p_values)
    ratios = np.abs(estimates[usable]) / errors[usable]
    if usable.sum() == 1:
        found = interval(float(ratios[0]), 1.0, df).p_value
        p_values[usable] = np.nan if found is None else found
        return Simultaneous(critical_value(0.5 + LEVEL / 2, df), p_values)
    correlation = covariance[np.ix_(usable, usable)] / np.outer(errors[usable], errors[usable])
    values, vectors = np.linalg.eigh((correlation + correlation.T) / 2)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    generator = np.random.default_rng(SEED)
    draws = generator.standard_normal((DRAWS, int(usable.sum()))) @ root.T
    if df is not None:
        draws /= np.sqrt(generator.chisquare(df, size=(DRAWS, 1)) / df)
    largest = np.sort(np.abs(draws).max(axis=1))
    beyond = DRAWS - np.searchsorted(largest, ratios, side="left")
    p_values[usable] = (1.0 + beyond) / (1.0 + DRAWS)
    return Simultaneous(float(np.quantile(largest, LEVEL)), p_values)
