"""Bounds on a difference in differences whose outcome is missing for some.

Four groups, g treated or control and t before or after, with mean m, and share p of outcomes seen.

- Lee: treatment keeps, or loses, in all the same direction (monotone). With the change in retention
  d = (p11 - p10) - (p01 - p00), the outcomes of those whom treatment moves in (d > 0) or out lie
  anywhere: the share d / p11 is trimmed off the treated after, or -d / (p11 - d) off the controls
  after, who stand in for the treated without treatment. Lee (2009), Review of Economic Studies
  76(3), proposition 1a, for differences.
- Manski: outcomes that are missing take the least or the largest value possible, group by group.
  Manski (1990), American Economic Review 80(2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluation.data.model_data import FloatArray
from evaluation.errors import DataError

# Treated or control by after or before, in the order in which groups are kept.
GROUPS = ((1, 1), (1, 0), (0, 1), (0, 0))
SIGNS = (1.0, -1.0, -1.0, 1.0)


@dataclass(frozen=True)
class Groups:
    """Outcomes seen, by group in the order of :data:`GROUPS`.

    Attributes
    ----------
    values, weights
        Outcomes that are seen, and their weights, one array a group.
    retention
        Share of weight whose outcome is seen, shape ``(4,)``.
    """

    values: tuple[FloatArray, ...]
    weights: tuple[FloatArray, ...]
    retention: FloatArray

    def means(self) -> FloatArray:
        """Return the mean of every group, shape ``(4,)``."""
        pairs = zip(self.values, self.weights, strict=True)
        return np.array([np.average(value, weights=weight) for value, weight in pairs])

    @property
    def change(self) -> float:
        """Change in retention: difference in differences of the share seen."""
        return float(np.dot(SIGNS, self.retention))

    @property
    def estimate(self) -> float:
        """Difference in differences of what is seen."""
        return float(np.dot(SIGNS, self.means()))


@dataclass(frozen=True, slots=True)
class Bounds:
    """Lower and upper bound, with the share that was trimmed."""

    low: float
    high: float
    trimmed: float = 0.0


def groups_of(
    y: FloatArray,
    treated: NDArray[np.bool_],
    post: NDArray[np.bool_],
    weight: FloatArray,
) -> Groups:
    """Return the four groups.

    Parameters
    ----------
    y
        Outcomes, ``nan`` where missing, shape ``(n,)``.
    treated, post, weight
        Shape ``(n,)``.

    Raises
    ------
    DataError
        Where a group has no outcome that is seen.
    """
    seen = ~np.isnan(y)
    values, weights, shares = [], [], []
    for group, time in GROUPS:
        rows = (treated == bool(group)) & (post == bool(time))
        here = rows & seen
        if not weight[here].sum() > 0:
            raise DataError("attrition: no outcome is seen in one of the four groups")
        values.append(y[here])
        weights.append(weight[here])
        shares.append(float(weight[here].sum() / weight[rows].sum()))
    return Groups(tuple(values), tuple(weights), np.array(shares))


def lee_bounds(groups: Groups) -> Bounds:
    """Return the trimming bounds.

    Raises
    ------
    DataError
        Where retention changes by so much that nobody would be left.
    """
    change, after = groups.change, float(groups.retention[0])
    at = 0 if change > 0 else 2
    share = change / after if change > 0 else -change / (after - change)
    if not share < 1.0:
        raise DataError("attrition: retention changes by more than all that is seen")
    means = groups.means()
    ends = []
    for from_top in (True, False):
        trimmed = means.copy()
        trimmed[at] = trimmed_mean(groups.values[at], groups.weights[at], share, from_top)
        ends.append(float(np.dot(SIGNS, trimmed)))
    return Bounds(min(ends), max(ends), share)


def manski_bounds(groups: Groups, least: float, most: float) -> Bounds:
    """Return the bounds without any assumption on who is missing.

    Parameters
    ----------
    groups
        The four groups.
    least, most
        Smallest and largest value that the outcome can take.
    """
    seen = groups.retention * groups.means()
    lost = 1.0 - groups.retention
    low, high = seen + lost * least, seen + lost * most
    positive = np.array(SIGNS) > 0
    return Bounds(
        float(np.dot(SIGNS, np.where(positive, low, high))),
        float(np.dot(SIGNS, np.where(positive, high, low))),
    )


def trimmed_mean(values: FloatArray, weights: FloatArray, share: float, from_top: bool) -> float:
    """Return the mean without a share of the weight at one end; ties are split.

    Parameters
    ----------
    values, weights
        Shape ``(n,)``.
    share
        From 0 to less than 1.
    from_top
        Whether the largest values go, else the smallest.
    """
    order = np.argsort(-values if from_top else values, kind="stable")
    sorted_weights = weights[order]
    before = np.cumsum(sorted_weights) - sorted_weights
    left = np.clip(before + sorted_weights - share * weights.sum(), 0.0, sorted_weights)
    return float(np.average(values[order], weights=left))
