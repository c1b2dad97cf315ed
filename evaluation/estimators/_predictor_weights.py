"""Synthetic control on predictors, whose own weights are equal or chosen by the fit before.

The inner problem gives donors' weights W(V) that bring the predictors nearest, predictor k having
the weight v_k; the outer one chooses V so that W(V) follows the outcome before the reform. Source:
Abadie, Diamond and Hainmueller (2010), Journal of the American Statistical Association 105(490),
section 2.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from evaluation.data.model_data import FloatArray
from evaluation.estimators._synthetic import (
    DECREASE,
    RIDGE,
    SOLVERS,
    SolverName,
    Synthetic,
    combined,
)
from evaluation.estimators._unit_matrix import UnitMatrix

PredictorWeights = Literal["fit", "equal"]
TRIALS_PER_PREDICTOR = 100


@dataclass(frozen=True)
class PredictorRecipe:
    """Synthetic control on standardised predictors.

    Attributes
    ----------
    weights
        ``fit`` chooses the predictors' weights by the fit before the reform, ``equal`` does not.
    solver
        How donors' weights are found.
    """

    weights: PredictorWeights
    solver: SolverName = "exact"

    def __call__(self, matrix: UnitMatrix) -> Synthetic:
        """Return the fit of one matrix."""
        shares = self.shares(matrix)
        return combined(matrix, self._inner(matrix, shares), np.zeros(matrix.before))

    def shares(self, matrix: UnitMatrix) -> FloatArray:
        """Return the predictors' weights, sum one, shape ``(K,)``."""
        from scipy.optimize import minimize

        count = _predictors(matrix).shape[1]
        equal = np.full(count, 1.0 / count)
        if self.weights == "equal" or count == 1:
            return equal
        before = matrix.outcomes[:, : matrix.before]

        def distance(logits: FloatArray) -> float:
            weights = self._inner(matrix, _softmax(logits))
            return float(np.mean((before[0] - weights @ before[1:]) ** 2))

        start = np.zeros(count)
        found = minimize(
            distance,
            start,
            method="Nelder-Mead",
            options={
                "maxfev": TRIALS_PER_PREDICTOR * count,
                "initial_simplex": np.vstack([start, 3.0 * np.eye(count)]),
                "xatol": 1e-3,
                "fatol": 1e-8 * max(distance(start), np.finfo(float).tiny),
            },
        )
        return _softmax(np.asarray(found.x))

    def _inner(self, matrix: UnitMatrix, shares: FloatArray) -> FloatArray:
        scaled = _predictors(matrix) * np.sqrt(shares)
        return SOLVERS[self.solver](scaled[1:].T, scaled[0], RIDGE, DECREASE)


def _predictors(matrix: UnitMatrix) -> FloatArray:
    if matrix.predictors is None:
        raise TypeError("predictors are weighed where there are some")
    return matrix.predictors


def _softmax(logits: FloatArray) -> FloatArray:
    raised = np.exp(logits - logits.max())
    shares: FloatArray = raised / raised.sum()
    return shares
