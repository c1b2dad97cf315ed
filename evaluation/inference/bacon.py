"""A static two-way estimate as a weighted mean of comparisons of two cohorts.

Source: Goodman-Bacon (2021), Journal of Econometrics 225(2), theorem 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import Literal

import numpy as np

from evaluation.data.model_data import FloatArray

Kind = Literal[
    "treated v untreated",
    "earlier v later treated",
    "later v earlier treated",
    "later v always treated",
]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One two-by-two of the decomposition.

    Attributes
    ----------
    kind
        What the controls are.
    treated, control
        First treated period of either cohort, ``inf`` for never.
    weight
        Of all comparisons these sum to one.
    estimate
        Change of the treated less that of the controls.
    """

    kind: Kind
    treated: float
    control: float
    weight: float
    estimate: float


@dataclass(frozen=True)
class CohortMeans:
    """Mean outcomes by cohort and period of a balanced panel.

    Attributes
    ----------
    cohorts
        First treated period, ascending, ``inf`` for never, shape ``(G,)``.
    periods
        Ascending, shape ``(T,)``.
    means
        Shape ``(G, T)``.
    mass
        Weight of each cohort, shape ``(G,)``.
    length
        Weight of each period, shape ``(T,)``.
    """

    cohorts: FloatArray
    periods: FloatArray
    means: FloatArray
    mass: FloatArray
    length: FloatArray


def bacon(panel: CohortMeans) -> tuple[Comparison, ...]:
    """Decompose the coefficient on treatment, given cohort and period effects.

    Every ordered pair of cohorts in which the first changes its treatment while the second does
    not is a comparison, over the periods in which that is so; its weight is the variance that
    treatment has in it. Weights of zero are left out.

    Parameters
    ----------
    panel
        Where cells weigh ``mass × length``, the comparisons average to the coefficient exactly.

    Returns
    -------
    tuple of Comparison
        Empty where treatment does not vary.
    """
    share = panel.length / panel.length.sum()
    treated = panel.periods >= panel.cohorts[:, None]
    exposure = treated @ share
    found = []
    for a, b in permutations(range(len(panel.cohorts)), 2):
        # Cohort a changes where cohort b stays untreated, or stays treated.
        still = treated[b] if exposure[b] > exposure[a] else ~treated[b]
        before, after = still & ~treated[a], still & treated[a]
        if exposure[a] == exposure[b] or not before.any() or not after.any():
            continue
        gap = panel.means[a] - panel.means[b]
        weight = panel.mass[a] * panel.mass[b] * share[before].sum() * share[after].sum()
        change = np.average(gap[after], weights=share[after]) - np.average(
            gap[before], weights=share[before]
        )
        found.append(
            (_kind(exposure[b], exposure[a]), panel.cohorts[a], panel.cohorts[b], weight, change)
        )
    total = sum(one[3] for one in found)
    return tuple(
        Comparison(kind, float(first), float(other), float(weight / total), float(change))
        for kind, first, other, weight, change in found
    )


def _kind(control: float, treated: float) -> Kind:
    if control == 0.0:
        return "treated v untreated"
    if control >= 1.0 - 1e-15:
        return "later v always treated"
    return "later v earlier treated" if control > treated else "earlier v later treated"
