"""The same fit elsewhere: every donor in the treated unit's place, without one, at another date.

Pure functions of a matrix of units and periods and of a recipe, the way from such a matrix to
weights and effects.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.data.model_data import FloatArray
from evaluation.estimators._synthetic import Recipe, Synthetic
from evaluation.estimators._unit_matrix import LEAST_BEFORE, UnitMatrix


@dataclass(frozen=True)
class Range:
    """The lowest and the highest estimate over fits that leave one donor out."""

    low: float
    high: float


def placebo_effects(matrix: UnitMatrix, recipe: Recipe) -> FloatArray:
    """Return the effects found for every donor in the treated unit's place, shape ``(J, T)``.

    The treated unit is no donor of any of them.
    """
    rows = [recipe(matrix.standing_in(donor)).effects for donor in range(1, matrix.donors + 1)]
    return np.array(rows)


def without_each_donor(matrix: UnitMatrix, recipe: Recipe, found: Synthetic) -> Range | None:
    """Return the range of estimates without one donor, ``None`` where only one has weight.

    Parameters
    ----------
    matrix, recipe
        The units, and how they are fitted.
    found
        The fit on all of them; a donor without weight changes nothing by leaving.
    """
    weighing = 1 + np.flatnonzero(found.unit_weights > 0)
    if matrix.donors < 2:
        return None
    estimates = [recipe(matrix.without(int(donor))).estimate for donor in weighing]
    return Range(min(estimates), max(estimates))


def placebo_event_time(matrix: UnitMatrix) -> int | None:
    """Return the event time that halves the periods before the reform, ``None`` if too few."""
    first = matrix.before // 2
    return int(matrix.event_times[first]) if first >= LEAST_BEFORE else None


def at_event_time(matrix: UnitMatrix, recipe: Recipe, event_time: int) -> Synthetic:
    """Return the fit as if the reform had come at an event time before it.

    Parameters
    ----------
    matrix, recipe
        The units, and how they are fitted.
    event_time
        Negative; at least two periods lie before it. Periods after the reform take no part.
    """
    return recipe(matrix.backdated(event_time))
