"""Weights of donors and of periods, and the effects that they give: synthetic control and DiD."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from evaluation.data.model_data import FloatArray
from evaluation.estimators._unit_matrix import UnitMatrix
from evaluation.inference.frank_wolfe import frank_wolfe_weights
from evaluation.inference.simplex import simplex_weights

SolverName = Literal["exact", "frank_wolfe"]
WeightsName = Literal["fitted", "uniform"]
# In units of the noise of donors' outcomes, as in the R package synthdid 0.0.9.
RIDGE = 1e-6
DECREASE = 1e-5


@dataclass(frozen=True)
class Synthetic:
    """What one fit gives.

    Attributes
    ----------
    unit_weights
        Of the J donors, sum one, shape ``(J,)``.
    time_weights
        Of the periods before the reform, shape ``(T0,)``: sum one, or all zero for a synthetic
        control, which compares levels.
    synthetic
        The donors' weighted outcomes, shape ``(T,)``.
    effects
        Treated less synthetic, less the same averaged over the time weights, shape ``(T,)``.
    """

    unit_weights: FloatArray
    time_weights: FloatArray
    synthetic: FloatArray
    effects: FloatArray

    @property
    def estimate(self) -> float:
        """Average effect over the periods after the reform."""
        return float(self.effects[len(self.time_weights) :].mean())


Recipe = Callable[[UnitMatrix], Synthetic]
Solve = Callable[[FloatArray, FloatArray, float, float], FloatArray]


def _exact(points: FloatArray, target: FloatArray, ridge: float, decrease: float) -> FloatArray:
    del decrease
    return simplex_weights(points, target, ridge)


SOLVERS: Mapping[str, Solve] = {"exact": _exact, "frank_wolfe": frank_wolfe_weights}


def noise_of(matrix: UnitMatrix) -> float:
    """Return the standard deviation of donors' changes between periods before the reform."""
    changes = np.diff(matrix.outcomes[1:, : matrix.before], axis=1)
    return float(changes.std(ddof=1)) if changes.size > 1 else 0.0


def combined(matrix: UnitMatrix, unit_weights: FloatArray, time_weights: FloatArray) -> Synthetic:
    """Return the effects that weights of units and of periods give.

    Parameters
    ----------
    matrix
        The units.
    unit_weights, time_weights
        Shapes ``(J,)`` and ``(T0,)``.
    """
    synthetic = unit_weights @ matrix.outcomes[1:]
    gap = matrix.outcomes[0] - synthetic
    effects = gap - float(time_weights @ gap[: matrix.before])
    return Synthetic(unit_weights, time_weights, synthetic, effects)


@dataclass(frozen=True)
class ControlRecipe:
    """Synthetic control on the outcomes before the reform: levels, no intercept.

    Attributes
    ----------
    noise
        Unit of ridge and stopping rule; that of the treated unit's own fit serves its placebos.
    solver
        How weights are found.
    """

    noise: float
    solver: SolverName = "exact"

    def __call__(self, matrix: UnitMatrix) -> Synthetic:
        """Return the fit of one matrix."""
        before = matrix.outcomes[:, : matrix.before]
        weights = SOLVERS[self.solver](
            before[1:].T, before[0], RIDGE * self.noise, DECREASE * self.noise
        )
        return combined(matrix, weights, np.zeros(matrix.before))


@dataclass(frozen=True)
class DidRecipe:
    """Synthetic difference-in-differences: both weights free of level, units with a ridge.

    Attributes
    ----------
    noise
        Unit of ridge and stopping rule; that of the treated unit's own fit serves its placebos.
    solver
        How weights are found.
    units, times
        ``uniform`` weighs all alike; with both it is the two-by-two difference-in-differences.
    """

    noise: float
    solver: SolverName = "exact"
    units: WeightsName = "fitted"
    times: WeightsName = "fitted"

    def unit_ridge(self, matrix: UnitMatrix) -> float:
        """Return ζ: the fourth root of treated unit-periods times the noise."""
        after = len(matrix.event_times) - matrix.before
        return float(after**0.25 * self.noise)

    def __call__(self, matrix: UnitMatrix) -> Synthetic:
        """Return the fit of one matrix."""
        before = matrix.before
        donors = matrix.outcomes[1:]
        unit_weights = np.full(matrix.donors, 1.0 / matrix.donors)
        if self.units == "fitted":
            unit_weights = self._centred(
                donors[:, :before].T, matrix.outcomes[0, :before], self.unit_ridge(matrix)
            )
        time_weights = np.full(before, 1.0 / before)
        if self.times == "fitted":
            after = donors[:, before:].mean(axis=1)
            time_weights = self._centred(donors[:, :before], after, RIDGE * self.noise)
        return combined(matrix, unit_weights, time_weights)

    def _centred(self, points: FloatArray, target: FloatArray, ridge: float) -> FloatArray:
        """Return weights that fit up to an intercept."""
        return SOLVERS[self.solver](
            points - points.mean(axis=0), target - target.mean(), ridge, DECREASE * self.noise
        )
