"""A local-linear jump at the cutoff as a linear estimator: weights, worst bias, variance."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from evaluation.data.model_data import FloatArray
from evaluation.estimators._cct.combination import Combination, combination_of
from evaluation.estimators._cct.local import BoolArray, LocalFit, local_fits
from evaluation.estimators._cct.points import MassPoints
from evaluation.estimators._cct.variance import Influence, covariance
from evaluation.spec.variance import VarianceKind

ORDER = 1


@dataclass(frozen=True)
class Jump:
    """Local-linear fits below and above the cutoff, with one bandwidth.

    Attributes
    ----------
    below, above
        The fits of every variable.
    bandwidth
        In units of the running variable.
    unit_bias
        Largest absolute bias if second derivatives are at most 1 on either side.
    """

    below: LocalFit
    above: LocalFit
    bandwidth: float
    unit_bias: float

    @property
    def sides(self) -> tuple[LocalFit, LocalFit]:
        """Both fits, below first."""
        return self.below, self.above

    @property
    def inside(self) -> BoolArray:
        """Which points have a positive kernel weight, shape ``(P,)``."""
        both: BoolArray = self.below.inside | self.above.inside
        return both

    def value(self, combination: FloatArray) -> float:
        """Return the jump, above less below, of a combination of variables.

        Parameters
        ----------
        combination
            Coefficients of the variables, shape ``(q,)``.
        """
        return float((self.above.coefficients[0] - self.below.coefficients[0]) @ combination)


def jump_at(points: MassPoints, bandwidth: float, kernel: str) -> Jump:
    """Fit both sides.

    On one side weights l(x) of a local-linear intercept sum to one, have no first moment and, with
    a kernel that is not negative, change sign once. So the bias ∫ m''(s) ω(s) ds has an ω of one
    sign, and the worst function with |m''| <= M is the parabola: M / 2 |Σ l(x) x²| on each side,
    which add up (Armstrong and Kolesár 2020, section 3; Kolesár and Rothe 2018, equation 11). The
    points are those of the data, so the bias holds on a grid as it stands. A point partly on either
    side lies at x = 0, where a parabola is zero: it moves the weights and adds no bias itself.

    Parameters
    ----------
    points
        Moments at P points.
    bandwidth
        Of both sides.
    kernel
        A name in ``KERNELS``.

    Raises
    ------
    EstimationError
        Where a side has one point inside.
    """
    fits = local_fits(points, ORDER, (bandwidth, bandwidth), kernel)
    level = fits[1].level[0] - fits[0].level[0]
    squares = points.moments.weight * points.x**2
    bias = sum(abs(float(level @ (share * squares))) for share in points.shares) / 2
    return Jump(fits[0], fits[1], bandwidth, bias)


def adjusted(points: MassPoints, jump: Jump) -> Combination:
    """Return the outcome less what controls explain inside the bandwidth.

    Parameters
    ----------
    points
        Moments at P points.
    jump
        Fits of all variables.
    """
    return combination_of(points, jump.sides)


def std_error(
    points: MassPoints,
    jump: Jump,
    kind: VarianceKind,
    combination: FloatArray,
    fitted: tuple[FloatArray, FloatArray] | None = None,
) -> float:
    """Return the standard error of a jump; clusters may have rows on both sides.

    Parameters
    ----------
    points
        Moments at P points.
    jump
        Whose.
    kind
        ``nn``, ``hc0``, ``hc1`` or ``cr1``, with the factor of each side and the root of their
        product between the sides (none for ``nn`` and ``hc0``).
    combination
        Coefficients of the variables, shape ``(q,)``.
    fitted
        What residuals are taken from below and above, each of shape ``(P, q)``; by default the
        fits themselves.

    Raises
    ------
    NeedsRows
        Where the points do not hold what the variance needs.
    """
    centres = fitted or (jump.below.fitted, jump.above.fitted)
    k = 0 if kind == "hc0" else ORDER + 1
    influences = [
        Influence(fit.level[0], centre, fit.inside, k)
        for fit, centre in zip(jump.sides, centres, strict=True)
    ]
    matrix = covariance(points, "hc1" if kind == "hc0" else kind, influences, combination)
    variance = float(np.trace(matrix)) - 2 * float(matrix[0, 1])
    # A variance of zero may come out as less by rounding; one that is not a number stays so.
    return sqrt(max(variance, 0.0)) if np.isfinite(variance) else float("nan")
