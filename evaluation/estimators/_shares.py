"""Averages of coefficients by the rows behind them, with shares that are fixed or estimated.

An average over the coefficients in S is the sum of M_j b_j over the sum of M_j, with M_j the weight
of the rows that coefficient j stands for. With influence psi_g of cluster g on b and its own weight
M_gj, the influence on the average is

    sum_j M_j psi_gj / M + sum_j (b_j - average) M_gj / M,  M = sum_j M_j.

The second part is the variation of the shares: Sun and Abraham (2021), Journal of Econometrics
225(2), section 4. With fixed shares it is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.cells.needs_rows import NeedsRows
from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.estimators._places import Average
from evaluation.estimators._problem import Problem, Solved
from evaluation.inference import sandwich


@dataclass(frozen=True)
class Averaged:
    """Averages of coefficients, T in all.

    Attributes
    ----------
    values
        Shape ``(T,)``.
    covariance
        Shape ``(T, T)``.
    influence
        Of each cluster, shape ``(G, T)``, ``None`` without exactly one.
    factor
        Small-sample factor of ``cr1``: its product with the influences' outer product is that
        covariance.
    """

    values: FloatArray
    covariance: FloatArray
    influence: FloatArray | None
    factor: float


@dataclass(frozen=True)
class Cells:
    """The rows behind coefficients.

    Attributes
    ----------
    codes
        Coefficient of every entry, -1 for none, shape ``(n,)``.
    weight
        Shape ``(n,)``.
    count
        Number of coefficients, m.
    """

    codes: IntArray
    weight: FloatArray
    count: int

    def mass(self) -> FloatArray:
        """Return the weight of the rows behind each coefficient, shape ``(m,)``."""
        has = self.codes >= 0
        return np.bincount(self.codes[has], self.weight[has], self.count).astype(np.float64)

    def mass_by(self, cluster: IntArray) -> FloatArray:
        """Return the same by cluster, shape ``(G, m)``."""
        has, total = self.codes >= 0, int(cluster.max()) + 1
        spot = cluster[has] * self.count + self.codes[has]
        found = np.bincount(spot, self.weight[has], total * self.count)
        return found.reshape(total, self.count).astype(np.float64)


def averaged(
    solved: Solved,
    problem: Problem,
    data: ModelData,
    averages: tuple[Average, ...],
    variance: str,
    estimated: bool,
) -> Averaged:
    """Return averages of a regression's coefficients with their joint covariance.

    With one cluster coefficients and shares vary together; row by row and with two clusters the
    two parts are added, since residuals have mean zero given cohort and period.

    Parameters
    ----------
    solved, problem
        The regression.
    data
        What it was fitted on.
    averages
        What to average.
    variance
        ``cr3`` takes everything anew without each cluster.
    estimated
        Whether shares vary.

    Raises
    ------
    NeedsRows
        Where shares vary over clusters that no cell is made of, or weights inside cells.
    """
    cells = Cells(problem.codes, problem.weight, len(problem.labels))
    mass = cells.mass()
    parts = np.zeros((len(averages), cells.count))
    for at, one in enumerate(averages):
        parts[at, one.parts] = 1.0
    weights = parts * mass
    whole = weights.sum(axis=1)
    weights /= whole[:, None]
    values = weights @ solved.estimates
    # Derivative of every average by the weight of the rows behind a coefficient.
    slope = parts * (solved.estimates - values[:, None]) / whole[:, None] * float(estimated)
    factor = _factor(solved)
    if solved.influence is None:
        covariance = weights @ solved.covariance @ weights.T
        if estimated:
            covariance = covariance + factor * _of_shares(problem, data, slope)
        return Averaged(values, covariance, None, factor)
    own = cells.mass_by(problem.clusters[0]) * float(estimated)
    influence = solved.influence @ weights.T + own @ slope.T
    covariance = factor * (influence.T @ influence)
    if variance == "cr3" and solved.left is not None:
        changed = _without_each(mass - own, parts, solved.left) - values
        covariance = (len(changed) - 1) / len(changed) * (changed.T @ changed)
    return Averaged(values, covariance, influence, factor)


def _without_each(mass: FloatArray, parts: FloatArray, left: FloatArray) -> FloatArray:
    """Return every average without each cluster, shape ``(G, T)``.

    Parameters
    ----------
    mass
        Weight behind each coefficient that is left, shape ``(G, m)``.
    parts
        1.0 where a coefficient is in an average, shape ``(T, m)``.
    left
        Coefficients without each cluster, shape ``(G, m)``.
    """
    found: FloatArray = ((mass * left) @ parts.T) / (mass @ parts.T)
    return found


def _factor(solved: Solved) -> float:
    """Return the small-sample factor of ``cr1``, which stands beside that of ``cr3``."""
    named = {name: value for term, name, value in solved.details if term == ""}
    found = named.get("cr1_small_sample_factor", named.get("small_sample_factor"))
    return float(found) if isinstance(found, int | float) else 1.0


def _of_shares(problem: Problem, data: ModelData, slope: FloatArray) -> FloatArray:
    """Return the variation of shares over rows, or over two clusters, shape ``(T, T)``."""
    if problem.far:
        raise NeedsRows(f"cohort shares vary over cluster {problem.far[0]}, not made of cells")
    own = np.zeros((len(problem.codes), len(slope)))
    has = problem.codes >= 0
    own[has] = slope.T[problem.codes[has]]
    if problem.clusters:
        weighted = own * problem.weight[:, None]
        return sandwich.cr1(np.eye(len(slope)), weighted, problem.clusters, 1.0)
    if data.rows is None:
        squares = problem.weight**2
    elif data.weighted:
        raise NeedsRows("cohort shares vary by squared weights, which no cell sums")
    else:
        squares = data.rows.astype(np.float64)
    found: FloatArray = own.T @ (own * squares[:, None])
    return found
