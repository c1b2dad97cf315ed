"""Studentised draws of several estimates, resampled by the same clusters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import numpy as np

from evaluation.data.model_data import FloatArray, IntArray
from evaluation.inference.resampled import Resampled, ratios

Weights = Literal["rademacher", "webb", "mammen", "normal"]
# Random numbers held at a time.
AT_ONCE = 2_000_000


def shared_draws(
    estimates: Sequence[tuple[Resampled, IntArray]],
    clusters: int,
    draws: int,
    seed: int,
    weights: Weights,
) -> FloatArray:
    """Return the ratios of estimates whose clusters are weighted at random, all by one weight.

    Every draw has an error of its own, from its own scores. With the error of the sample instead, a
    step-down over 12 clusters rejected three times as often as it says.

    Parameters
    ----------
    estimates
        m in all, each with the places of its clusters among all of them.
    clusters
        K, how many any estimate uses.
    draws, seed
        How many, and of what generator.
    weights
        Distribution of the weights, mean 0 and variance 1.

    Returns
    -------
    numpy.ndarray
        Shape ``(draws, m)``.
    """
    generator = np.random.default_rng(seed)
    found = np.empty((draws, len(estimates)))
    step = max(1, AT_ONCE // max(1, clusters))
    for first in range(0, draws, step):
        rows = slice(first, min(first + step, draws))
        drawn = WEIGHTS[weights](generator, (rows.stop - first, clusters))
        for at, (one, places) in enumerate(estimates):
            found[rows, at] = ratios(one, drawn[:, places])
    return found


def _rademacher(generator: np.random.Generator, shape: tuple[int, int]) -> FloatArray:
    return generator.integers(0, 2, size=shape).astype(np.float64) * 2.0 - 1.0


def _webb(generator: np.random.Generator, shape: tuple[int, int]) -> FloatArray:
    """Six points: Webb (2023), Canadian Journal of Economics 56(3)."""
    half = np.sqrt([0.5, 1.0, 1.5])
    points = np.concatenate([-half[::-1], half])
    drawn: FloatArray = points[generator.integers(0, len(points), size=shape)]
    return drawn


def _mammen(generator: np.random.Generator, shape: tuple[int, int]) -> FloatArray:
    """Two points with third moment 1: Mammen (1993), Annals of Statistics 21(1)."""
    root = np.sqrt(5.0)
    low = generator.random(shape) < (root + 1.0) / (2.0 * root)
    drawn: FloatArray = np.where(low, (1.0 - root) / 2.0, (1.0 + root) / 2.0)
    return drawn


def _normal(generator: np.random.Generator, shape: tuple[int, int]) -> FloatArray:
    return generator.standard_normal(shape)


WEIGHTS: Mapping[str, Callable[[np.random.Generator, tuple[int, int]], FloatArray]] = {
    "rademacher": _rademacher,
    "webb": _webb,
    "mammen": _mammen,
    "normal": _normal,
}
