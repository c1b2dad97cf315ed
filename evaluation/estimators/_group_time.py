"""Group-time effects from cell means, with influence functions summed within blocks.

A cell is a cohort in a period. With m(S, t) the weighted mean outcome at t over the rows of the
cohorts in S, base period b and controls C,

    ATT(g, t) = m({g}, t) - m({g}, b) - (m(C, t) - m(C, b)),

Callaway and Sant'Anna (2021), Journal of Econometrics 225(2), equation 2.9 without covariates. The
influence of block k (a unit or a cluster) on m(S, t) = Y/W is (Y_k - m W_k) / W, with Y_k and W_k
its own weighted sums: on a balanced panel their sum over a unit's rows is the panel form, and on
any other rows it is the repeated-cross-section form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from evaluation.data.model_data import FloatArray, IntArray
from evaluation.errors import DataError
from evaluation.estimators._adoption import Adoption
from evaluation.spec.missing import lacking

ControlGroup = Literal["never_treated", "not_yet_treated"]
BasePeriod = Literal["varying", "universal"]


@dataclass(frozen=True, slots=True)
class Contrast:
    """One group-time effect before it is estimated.

    Attributes
    ----------
    cohort, period, base
        Period indices.
    controls
        Cohorts compared with, ``inf`` for never treated.
    """

    cohort: int
    period: int
    base: int
    controls: tuple[float, ...]


@dataclass(frozen=True)
class GroupTime:
    """Group-time effects.

    Attributes
    ----------
    contrasts
        One for each effect; m in all, by cohort then period.
    estimates
        Shape ``(m,)``.
    influence
        What each block adds, shape ``(blocks, m)``; the variance is ``influence' influence``.
    """

    contrasts: tuple[Contrast, ...]
    estimates: FloatArray
    influence: FloatArray


def base_period(
    cohort: int, period: int, periods: tuple[int, ...], anticipation: int, rule: BasePeriod
) -> int | None:
    """Return the period to compare with, ``None`` where there is none.

    From its own cohort on (and, with ``universal``, always) a period is compared with the last
    one that treatment cannot have reached; before, ``varying`` takes the period just before.
    """
    if rule == "universal" or period >= cohort:
        before = [t for t in periods if t + anticipation < cohort]
    else:
        before = [t for t in periods if t < period]
    return before[-1] if before else None


def contrasts_of(
    ready: Adoption, anticipation: int, control_group: ControlGroup, rule: BasePeriod
) -> tuple[Contrast, ...]:
    """Return the effects that the data can answer.

    A pair of cohort and period without rows, base rows or controls has no effect and is left out.

    Parameters
    ----------
    ready
        The panel.
    anticipation
        Periods before treatment that it may already reach.
    control_group
        ``never_treated``, or also cohorts not treated by the later of the two periods (plus
        anticipation).
    rule
        Base period.

    Raises
    ------
    DataError
        Where there is no never-treated unit to compare with, or nothing can be compared.
    """
    present = {(float(g), int(t)) for g, t in _pairs(ready.cohort, ready.period)}
    every = sorted({g for g, _ in present})
    if control_group == "never_treated" and np.inf not in every:
        raise DataError(
            f"outcome {ready.data.outcome}: no unit is never treated within the data, so there is "
            "no control group: set design.control_group = 'not_yet_treated'"
        )
    found = []
    for cohort in ready.cohorts:
        for period in ready.periods:
            base = base_period(cohort, period, ready.periods, anticipation, rule)
            if base is None:
                continue
            later = max(period, base) + anticipation
            pool = [np.inf] if control_group == "never_treated" else [g for g in every if g > later]
            controls = tuple(g for g in pool if g != cohort)
            own = (cohort, period) in present and (cohort, base) in present
            both = [any((g, t) in present for g in controls) for t in (period, base)]
            if own and all(both):
                found.append(Contrast(cohort, period, base, controls))
    if not any(one.period >= one.cohort for one in found):
        sentence = (
            "no cohort can be compared after its treatment, since no control is left untreated then"
        )
        raise lacking(f"outcome {ready.data.outcome}", sentence, "untreated units")
    return tuple(found)


def _pairs(cohort: FloatArray, period: IntArray) -> list[tuple[float, int]]:
    joint = np.unique(np.column_stack([cohort, period.astype(np.float64)]), axis=0)
    return [(float(g), int(t)) for g, t in joint]


def group_time(
    ready: Adoption, contrasts: tuple[Contrast, ...], weight: FloatArray, block: IntArray
) -> GroupTime:
    """Estimate group-time effects without covariates.

    Parameters
    ----------
    ready
        The panel.
    contrasts
        What to estimate.
    weight
        Shape ``(n,)``.
    block
        Codes of units or clusters, shape ``(n,)``.
    """
    cohorts = np.unique(ready.cohort)
    row = np.searchsorted(cohorts, ready.cohort)
    periods = np.array(ready.periods)
    cell = row * len(periods) + np.searchsorted(periods, ready.period)
    y = ready.data.y - np.average(ready.data.y, weights=weight)
    blocks, cells = int(block.max()) + 1, len(cohorts) * len(periods)
    key, spot = np.unique(block * cells + cell, return_inverse=True)
    mass = np.bincount(spot, weight, len(key))
    total = np.bincount(spot, weight * y, len(key))
    own_block, own_cell = key // cells, key % cells
    all_mass = np.bincount(own_cell, mass, cells)
    all_total = np.bincount(own_cell, total, cells)
    estimates = np.zeros(len(contrasts))
    influence = np.zeros((blocks, len(contrasts)))
    for j, one in enumerate(contrasts):
        # Gradients with respect to every cell's Y and W.
        by_total, by_mass = np.zeros(cells), np.zeros(cells)
        for sign, group, period in signed_means(one):
            at = int(np.searchsorted(periods, period))
            chosen = np.searchsorted(cohorts, np.array(group)) * len(periods) + at
            whole = float(all_mass[chosen].sum())
            mean = float(all_total[chosen].sum()) / whole
            estimates[j] += sign * mean
            by_total[chosen] += sign / whole
            by_mass[chosen] -= sign * mean / whole
        touched = np.flatnonzero((by_total[own_cell] != 0) | (by_mass[own_cell] != 0))
        where = own_cell[touched]
        added = by_total[where] * total[touched] + by_mass[where] * mass[touched]
        influence[:, j] = np.bincount(own_block[touched], added, blocks)
    return GroupTime(contrasts, estimates, influence)


def signed_means(one: Contrast) -> tuple[tuple[float, tuple[float, ...], int], ...]:
    """Return the four means of an effect: sign, cohorts, period."""
    return (
        (1.0, (float(one.cohort),), one.period),
        (-1.0, (float(one.cohort),), one.base),
        (-1.0, one.controls, one.period),
        (1.0, one.controls, one.base),
    )
