"""A normal vector held inside a box: the chance that it lies there, and its mean if it does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from evaluation.data.model_data import FloatArray


@dataclass(frozen=True, slots=True)
class Boxed:
    """What is known of a normal vector inside a box.

    Attributes
    ----------
    probability
        That it lies inside.
    mean
        Given that it does, shape ``(n,)``.
    """

    probability: float
    mean: FloatArray


def box_normal(
    mean: FloatArray, covariance: FloatArray, half: FloatArray, draws: int, seed: int
) -> Boxed:
    """Return probability and mean of a normal vector inside ``[-half, half]``.

    Exact for one dimension; else by seeded draws, one coordinate given those before it. Source:
    Hajivassiliou, McFadden and Ruud (1996), Journal of Econometrics 72(1), section 3.5.

    Parameters
    ----------
    mean, covariance
        Of the vector, shapes ``(n,)`` and ``(n, n)``; the covariance positive definite.
    half
        Half widths of the box, positive, shape ``(n,)``.
    draws, seed
        Number of draws and their seed; equal seeds make answers smooth in ``mean``.
    """
    if len(mean) == 1:
        return _interval(float(mean[0]), float(np.sqrt(covariance[0, 0])), float(half[0]))
    root = np.linalg.cholesky(covariance)
    uniform = np.random.default_rng(seed).random((len(mean), draws))
    normal = np.zeros((len(mean), draws))
    weight = np.ones(draws)
    for i in range(len(mean)):
        centre = mean[i] + root[i, :i] @ normal[:i]
        low = special.ndtr((-half[i] - centre) / root[i, i])
        share = special.ndtr((half[i] - centre) / root[i, i]) - low
        weight *= share
        inside = np.clip(low + uniform[i] * share, np.finfo(float).tiny, 1.0 - 1e-16)
        normal[i] = special.ndtri(inside)
    total = float(weight.sum())
    if total == 0.0:
        return Boxed(0.0, np.full(len(mean), np.nan))
    return Boxed(total / draws, mean + root @ (normal @ weight / total))


def _interval(mean: float, error: float, half: float) -> Boxed:
    """Return the exact answer in one dimension."""
    low, high = (-half - mean) / error, (half - mean) / error
    probability = float(special.ndtr(high) - special.ndtr(low))
    if probability == 0.0:
        return Boxed(0.0, np.array([np.nan]))
    density = np.exp(-(np.array([low, high]) ** 2) / 2) / np.sqrt(2 * np.pi)
    return Boxed(probability, np.array([mean + error * (density[0] - density[1]) / probability]))
