"""Intervals under bounded misspecification: a line is no farther off at the cutoff than elsewhere.

Kolesár and Rothe (2018), American Economic Review 108(8), section 5.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.data.model_data import FloatArray
from evaluation.estimators._cct.local import BoolArray
from evaluation.inference.intervals import critical_value, upper_tail


@dataclass(frozen=True)
class Misspecified:
    """A coefficient and how far off its model may be at the cutoff.

    Attributes
    ----------
    estimate, std_error
        The coefficient by least squares; the error does not count misspecification.
    shifts
        What misspecification of the sizes seen at two points, one on each side, with either sign
        on each, adds to it; shape ``(K,)``.
    errors
        Standard errors of estimate plus shift, shape ``(K,)``.
    """

    estimate: float
    std_error: float
    shifts: FloatArray
    errors: FloatArray

    def bounds(self, level: float, df: float | None) -> tuple[float, float]:
        """Return the union of the intervals, one for each shift.

        Parameters
        ----------
        level
            Coverage.
        df
            Degrees of freedom; ``None`` means normal.
        """
        half = critical_value(0.5 + level / 2, df) * self.errors
        centre = self.estimate + self.shifts
        return float((centre - half).min()), float((centre + half).max())

    def p_value(self, df: float | None) -> float:
        """Return the p-value of zero: the largest over the shifts.

        Parameters
        ----------
        df
            Degrees of freedom; ``None`` means normal.
        """
        smallest = float((np.abs(self.estimate + self.shifts) / self.errors).min())
        return 2 * upper_tail(smallest, df)


def misspecified(
    design: FloatArray,
    at: int,
    above: BoolArray,
    rows: FloatArray,
    mean: FloatArray,
    squares: FloatArray,
    factor: float,
) -> Misspecified:
    """Return a coefficient of a regression on functions of the running variable.

    Rows are independent. Residuals from the regression and from the means of the points are
    influences of the coefficients and of the means; their joint covariance needs of each point
    only its number of rows, mean and sum of squares.

    Parameters
    ----------
    design
        Regressors at the points, shape ``(P, k)``.
    at
        Which coefficient.
    above
        Whether a point lies at or above the cutoff, shape ``(P,)``.
    rows
        Rows of each point, shape ``(P,)``.
    mean
        Mean outcome, shape ``(P,)``.
    squares
        Sum of squares about the mean, shape ``(P,)``.
    factor
        Small-sample factor of all variances.
    """
    root = np.sqrt(rows)
    orthogonal, triangle = np.linalg.qr(design * root[:, None])
    # One row of a point adds solve[:, point] × residual to the coefficients.
    solve = np.linalg.solve(triangle, orthogonal.T) / root
    beta = solve @ (rows * mean)
    off = mean - design @ beta
    own = (solve * (squares + rows * off**2)) @ solve.T
    both = solve * (squares / rows)
    means = np.diag(squares / rows**2)
    # The coefficient and every point's misspecification, as maps of coefficients and means.
    first = np.zeros((1, design.shape[1]))
    first[0, at] = 1
    left = np.vstack([first, -design])
    right = np.vstack([np.zeros((1, len(mean))), np.eye(len(mean))])
    crossed = left @ both @ right.T
    joint = factor * (left @ own @ left.T + crossed + crossed.T + right @ means @ right.T)
    lower, upper = np.flatnonzero(~above), np.flatnonzero(above)
    signs = [(one, other) for one in (-1.0, 1.0) for other in (-1.0, 1.0)]
    shifts, errors = [], []
    for one, other in signs:
        shifts.append((one * off[lower][:, None] + other * off[upper]).ravel())
        low, high = 1 + lower, 1 + upper
        variance = (
            joint[0, 0]
            + joint[low, low][:, None]
            + joint[high, high]
            + 2 * one * joint[0, low][:, None]
            + 2 * other * joint[0, high]
            + 2 * one * other * joint[np.ix_(low, high)]
        )
        errors.append(np.sqrt(np.maximum(variance, 0.0)).ravel())
    return Misspecified(
        float(beta[at]),
        float(np.sqrt(joint[0, 0])),
        np.concatenate(shifts),
        np.concatenate(errors),
    )
