"""Scores of least squares by entry: a row of the panel, or a cell that stands for many.

The score of a row is x_i w_i e_i. Summed over a cell with means x, e and cross-products S about
them, it is w x e + S_xy - S_xx gamma, gamma being the coefficients of the columns that vary.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.data.model_data import FloatArray, IntArray
from evaluation.data.moments import ScoreParts
from evaluation.estimators._inside import Inside
from evaluation.inference.sandwich import weighted_sums


@dataclass(frozen=True)
class Scores:
    """A solved regression, ready for its variance.

    Attributes
    ----------
    x
        Residualised regressors (means of cells), shape ``(n, p)``.
    y
        Outcome as given (means of cells), shape ``(n,)``.
    residual
        Shape ``(n,)``.
    weight
        Sums of weights, shape ``(n,)``.
    beta
        Shape ``(p,)``.
    inside
        What varies inside cells, its positions among the p columns; ``None`` on rows.
    """

    x: FloatArray
    y: FloatArray
    residual: FloatArray
    weight: FloatArray
    beta: FloatArray
    inside: Inside | None = None

    @property
    def squares_inside(self) -> float:
        """Weighted sum of squared residuals about the cell means, 0 on rows."""
        return 0.0 if self.inside is None else float(self._squares(self.inside).sum())

    def summed(self) -> FloatArray:
        """Return the sum of the scores of every entry's rows, shape ``(n, p)``."""
        scores = self.x * (self.weight * self.residual)[:, None]
        if self.inside is None or not self.inside.names:
            return scores
        scatter, at = self.inside.scatter, self.inside.positions
        gamma = self.beta[at]
        scores[:, at] += scatter[:, :-1, -1] - np.einsum("cij,j->ci", scatter[:, :-1, :-1], gamma)
        return scores

    def summed_by(self, codes: IntArray) -> FloatArray:
        """Return the sums of the scores of all rows by code, shape ``(codes, p)``.

        Parameters
        ----------
        codes
            Codes 0, 1, ... of entries, shape ``(n,)``.
        """
        sums = weighted_sums(codes, self.weight * self.residual, self.x)
        if self.inside is None or not self.inside.names:
            return sums
        scatter, at = self.inside.scatter, self.inside.positions
        for i, column in enumerate(at):
            own = scatter[:, i, -1].copy()
            for j, other in enumerate(at):
                own -= scatter[:, i, j] * self.beta[other]
            sums[:, column] += np.bincount(codes, own, len(sums))
        return sums

    def by_row(self) -> FloatArray | None:
        """Return rows whose cross-products are those of the scores of all rows, ``(n, p)``.

        ``None`` where a regressor varies inside cells: that needs sums of fourth order. Weights
        of the panel must be one.
        """
        if self.inside is None:
            return self.summed()
        if self.inside.regressors_vary:
            return None
        squares = self.weight * self.residual**2 + self._squares(self.inside)
        root: FloatArray = self.x * np.sqrt(np.maximum(squares, 0.0))[:, None]
        return root

    def parts(self, direction: FloatArray) -> ScoreParts:
        """Return what a second pass needs for influences on some coefficients.

        Parameters
        ----------
        direction
            (X'WX)^-1 for those coefficients, shape ``(p, m)``.
        """
        level, fitted = self.x @ direction, self.y - self.residual
        if self.inside is None or not self.inside.names:
            none = np.zeros((0, direction.shape[1]))
            return ScoreParts((), fitted, np.zeros(0), level, none)
        slope, gamma = direction[self.inside.positions], self.beta[self.inside.positions]
        means = self.inside.means
        return ScoreParts(
            self.inside.names, fitted - means @ gamma, gamma, level - means @ slope, slope
        )

    def _squares(self, inside: Inside) -> FloatArray:
        """Return the weighted sum of squared residuals about the mean in every cell, ``(n,)``."""
        direction = np.append(-self.beta[inside.positions], 1.0)
        squares = np.zeros(len(inside.scatter))
        for i, one in enumerate(direction):
            for j, other in enumerate(direction):
                squares += (one * other) * inside.scatter[:, i, j]
        return squares
