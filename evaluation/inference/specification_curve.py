"""The curve of many specifications, tested as one against permutations of treatment.

Three statistics of S specifications: the median, the share whose sign is the one that most have,
and the share that are significant with that sign. A specification is significant where at most five
per cent of its own permutations, the assignment as it is among them, are as far from zero. Each
statistic is compared with its values under the same permutations of treatment in every
specification; the sign that dominates is found anew in each, so that every test is two-sided. A
p-value is (1 + #) / (1 + R), a permutation that leaves some specification without a value counting
as larger. Source: Simonsohn, Simmons and Nelson (2020), Nature Human Behaviour 4(11).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluation.data.model_data import FloatArray

LEVEL = 0.05
# Shares and medians this close are ties: the assignment itself is among its permutations.
TIE = 1e-9

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class CurveTest:
    """Statistics of a curve with their p-values.

    Attributes
    ----------
    median, dominant, significant
        Median of the statistic, share of the dominant sign, share significant with that sign.
    p_median, p_dominant, p_significant
        Their p-values.
    undefined
        Permutations that leave some specification without a value.
    """

    median: float
    dominant: float
    significant: float
    p_median: float
    p_dominant: float
    p_significant: float
    undefined: int


def shares(values: FloatArray, significant: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Return the share of the dominant sign, and of significant values with it, by row.

    Parameters
    ----------
    values
        One row a draw, one column a specification, shape ``(R, S)``.
    significant
        Which differ from zero, shape ``(R, S)``.

    Returns
    -------
    tuple of FloatArray
        Each of shape ``(R,)``. Where as many are positive as negative, the sign that has more
        significant values dominates.
    """
    above, below = values > 0, values < 0
    up, down = above.mean(axis=1), below.mean(axis=1)
    high, low = (above & significant).mean(axis=1), (below & significant).mean(axis=1)
    chosen = np.where(up > down, high, np.where(up < down, low, np.maximum(high, low)))
    return np.maximum(up, down), chosen


def curve_test(own: FloatArray, drawn: FloatArray) -> CurveTest:
    """Return the three tests of a curve.

    Parameters
    ----------
    own
        Statistic of every specification, shape ``(S,)``.
    drawn
        The same under every permutation, shape ``(R, S)``; ``nan`` where it has none.
    """
    values = np.vstack([own, drawn])
    size = np.where(np.isnan(values), np.inf, np.abs(values))
    dominant, significant = shares(values, _far(size))
    median = np.abs(np.median(values, axis=1))
    undefined: BoolArray = np.asarray(np.isnan(values).any(axis=1))
    return CurveTest(
        float(np.median(own)),
        float(dominant[0]),
        float(significant[0]),
        _p_value(median, undefined),
        _p_value(dominant, undefined),
        _p_value(significant, undefined),
        int(undefined[1:].sum()),
    )


def _far(size: FloatArray) -> BoolArray:
    """Return which sizes at most five per cent of their column reach, shape ``(R + 1, S)``."""
    ordered = np.sort(size, axis=0)
    rows = len(size)
    found = np.empty(size.shape, dtype=bool)
    for at in range(size.shape[1]):
        reached = np.searchsorted(ordered[:, at], size[:, at] * (1.0 - TIE), side="left")
        found[:, at] = (rows - reached) <= LEVEL * rows
    return found


def _p_value(values: FloatArray, undefined: BoolArray) -> float:
    """Return the share of draws, the first among them, whose value is at least the first one."""
    larger = undefined | ~(values < values[0] - TIE * max(abs(float(values[0])), TIE))
    larger[0] = True
    return float(larger.mean())
