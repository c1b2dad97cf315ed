"""Small-sample factors of the sandwich, with every count spelled out.

Three counts of k, the number of parameters, are in use for absorbed effects; with L_j levels of
effect j:

========== =========================================================================
``full``   slopes + 1 + sum of (L_j - 1) over all effects
``nested`` slopes + 1 + sum of (L_j - 1) over the effects *not* nested in a cluster
``none``   slopes
========== =========================================================================

The 1 is the constant, which the effects span. Without absorbed effects the constant is among the
slopes, and all three agree. An effect is nested where each of its levels lies inside one cluster.

The factors: ``hc1`` n / (n - k); ``cr1`` (n - 1) / (n - k) × G / (G - 1), with the smaller G for
two-way clusters; ``cr3`` (G - 1) / G. Source: Berge, "On standard errors" (fixest); Cameron and
Miller (2015), Journal of Human Resources 50(2), equation 12.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.data.model_data import IntArray
from evaluation.spec.variance import FixedEffectCorrection


@dataclass(frozen=True, slots=True)
class Effect:
    """How one absorbed effect counts.

    Attributes
    ----------
    levels
        Number of levels that occur.
    nested
        Whether every level lies inside one cluster.
    """

    levels: int
    nested: bool


def is_nested(inner: IntArray, outer: IntArray) -> bool:
    """Say whether each level of ``inner`` occurs with one level of ``outer`` only.

    Parameters
    ----------
    inner, outer
        Codes from 0 upward, shape ``(n,)``.
    """
    if len(inner) == 0:
        return True
    first = np.full(int(inner.max()) + 1, -1, dtype=np.int64)
    # With repeated indices numpy keeps the last value, so any other value shows a second level.
    first[inner] = outer
    return bool(np.array_equal(first[inner], outer))


def _counts(effect: Effect, rule: FixedEffectCorrection) -> bool:
    table = {"full": True, "nested": not effect.nested, "none": False}
    return table[rule]


def count_parameters(slopes: int, effects: Sequence[Effect], rule: FixedEffectCorrection) -> int:
    """Return k, the number of parameters that the factors charge for.

    Parameters
    ----------
    slopes
        Coefficients estimated beside absorbed effects, the constant included where there are none.
    effects
        The absorbed effects.
    rule
        Which of them count.
    """
    if not effects or rule == "none":
        return slopes
    return slopes + 1 + sum(effect.levels - 1 for effect in effects if _counts(effect, rule))


def hc1_factor(n: int, k: int) -> float:
    """Return n / (n - k)."""
    return n / (n - k)


def cluster_factor(n: int, k: int, clusters: int, with_g: bool) -> float:
    """Return (n - 1) / (n - k), times G / (G - 1) where ``with_g``.

    Parameters
    ----------
    n
        Rows, unweighted.
    k
        Parameters counted by :func:`count_parameters`.
    clusters
        G; the smaller number of clusters in two-way clustering.
    with_g
        Whether the second part applies.
    """
    return (n - 1) / (n - k) * (clusters / (clusters - 1) if with_g else 1.0)
