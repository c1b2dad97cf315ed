"""What is fitted before a bandwidth is chosen: a global quartic, and a variance near the cutoff."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np

from evaluation.cells.needs_rows import NeedsRows
from evaluation.data.model_data import FloatArray, IntArray
from evaluation.errors import DataError, EstimationError
from evaluation.estimators._cct.combination import Combination, combination_of
from evaluation.estimators._cct.local import BoolArray, LocalFit, local_fit
from evaluation.estimators._cct.points import MassPoints

QUARTIC = 4

# Imbens and Kalyanaraman (2012): of a triangular kernel, and of a quadratic at the edge.
TRIANGULAR, CUBIC, REGULARISATION = 480**0.2, 7200 ** (1 / 7), 2160.0


@dataclass(frozen=True)
class Pilot:
    """A polynomial over all points of each side, below first.

    Attributes
    ----------
    fits
        Of order four, or of one less than the side has points.
    combination
        Outcome less what controls explain given these fits.
    """

    fits: tuple[LocalFit, LocalFit]
    combination: Combination

    @property
    def fitted(self) -> tuple[FloatArray, FloatArray]:
        """Fitted means below and above, each of shape ``(P, q)``."""
        return self.fits[0].fitted, self.fits[1].fitted


def pilot_of(points: MassPoints) -> Pilot:
    """Fit the polynomials.

    Parameters
    ----------
    points
        Moments at P points.
    """
    above = points.x >= 0
    widest = float(np.abs(points.x).max())
    below_fit, above_fit = (
        local_fit(points, side, min(QUARTIC, int(side.sum()) - 1), widest, "uniform")
        for side in (~above, above)
    )
    return Pilot((below_fit, above_fit), combination_of(points, (below_fit, above_fit)))


def rule_of_thumb(points: MassPoints, pilot: Pilot, combination: FloatArray) -> float:
    """Return the largest second derivative of the quartics over the points of their sides.

    Armstrong and Kolesár (2020), Quantitative Economics 11(1), section 4.1.

    Parameters
    ----------
    points
        Moments at P points.
    pilot
        The quartics.
    combination
        Coefficients of the variables, shape ``(q,)``.

    Raises
    ------
    DataError
        Where a side has fewer than five points.
    """
    largest = 0.0
    above = points.x >= 0
    for side, fit in zip((~above, above), pilot.fits, strict=True):
        if len(fit.coefficients) <= QUARTIC:
            raise DataError(
                f"outcome {points.outcome}: {int(side.sum())} distinct values of the running "
                "variable on one side do not carry the quartic that calibrates curvature_bound: "
                "give a curvature_bound in the spec"
            )
        second, third, fourth = np.array([2.0, 6.0, 12.0]) * (fit.coefficients[2:] @ combination)
        low, high = points.x[side][[0, -1]]
        at = [low, high]
        if fourth != 0 and low < -third / (2 * fourth) < high:
            at.append(-third / (2 * fourth))
        largest = max(largest, *(abs(float(second + third * x + fourth * x**2)) for x in at))
    if largest == 0:
        raise EstimationError(
            f"outcome {points.outcome}: the quartics are lines, so they calibrate no bound on "
            "curvature: give a curvature_bound in the spec"
        )
    return largest


def variances_near(points: MassPoints, combination: FloatArray) -> tuple[float, float]:
    """Return the variance of a row below and above, as if all rows of a side had the same.

    Mean squared residuals of local lines at the bandwidth of Imbens and Kalyanaraman (2012),
    Review of Economic Studies 79(3), section 4.2, widened to reach three points on each side.

    Parameters
    ----------
    points
        Moments at P points.
    combination
        Coefficients of the variables, shape ``(q,)``.

    Raises
    ------
    NeedsRows
        Where points do not know the spread of single rows.
    """
    if points.row_wise is None:
        raise NeedsRows("variances that treat weighted rows as independent need squared weights")
    above = points.x >= 0
    h = _bandwidth(points, combination)
    found = []
    for side in (~above, above):
        fit = local_fit(points, side, 1, h, "triangular")
        found.append(_spread(points, fit.inside, fit.fitted, combination))
    return found[0], found[1]


def _spread(
    points: MassPoints, inside: BoolArray, fitted: FloatArray, combination: FloatArray
) -> float:
    """Return the mean squared distance of rows from fitted values."""
    moments = points.moments
    inner = np.einsum("pjk,j,k->p", moments.scatter[inside], combination, combination)
    away = (moments.mean[inside] - fitted[inside]) @ combination
    total = float(inner.sum() + moments.weight[inside] @ away**2)
    return total / float(moments.weight[inside].sum())


def _bandwidth(points: MassPoints, combination: FloatArray) -> float:
    x, rows, above = points.x, points.rows, points.x >= 0
    sides = (~above, above)
    distance, widest = np.abs(x), float(np.abs(x).max())
    total = int(rows.sum())
    mean = np.average(x, weights=rows)
    deviation = float(np.sqrt(rows @ (x - mean) ** 2 / (total - 1)))
    third = [float(np.sort(distance[side])[2]) for side in sides]
    least = max(*third, *(_reach(distance[side], rows[side], 4) for side in sides))
    # Imbens and Kalyanaraman's steps: variances and density, third derivative, second ones.
    h1 = max(1.84 * deviation * total**-0.2, least)
    density = int(rows[distance <= h1].sum()) / (2 * total * h1)
    spreads = [_about_mean(points, side & (distance <= h1), combination) for side in sides]
    bend = _third_derivative(points, combination)
    curvature, regularisation = [], 0.0
    for side, spread, reach in zip(sides, spreads, third, strict=True):
        size = int(rows[side].sum())
        wide = CUBIC * (spread / (density * bend**2) / size) ** (1 / 7) if bend != 0 else inf
        wide = min(max(wide, reach), widest)
        fit = local_fit(points, side, 2, wide, "uniform")
        curvature.append(2 * float(fit.coefficients[2] @ combination))
        regularisation += REGULARISATION * spread / (int(rows[fit.inside].sum()) * wide**4)
    bottom = (curvature[1] - curvature[0]) ** 2 + regularisation
    if bottom == 0:
        return widest
    h = TRIANGULAR * (sum(spreads) / (density * total * bottom)) ** 0.2
    return float(min(max(h, least), max(widest, least)))


def _reach(distance: FloatArray, rows: IntArray, wanted: int) -> float:
    """Return how far from the cutoff a side's first rows reach, all its rows at most."""
    order = np.argsort(distance)
    upto = np.cumsum(rows[order])
    at = min(int(np.searchsorted(upto, wanted)), len(order) - 1)
    return float(distance[order][at])


def _about_mean(points: MassPoints, inside: BoolArray, combination: FloatArray) -> float:
    moments, n = points.moments, int(points.rows[inside].sum())
    mean = np.average(moments.mean[inside], axis=0, weights=moments.weight[inside])
    spread = _spread(points, inside, np.broadcast_to(mean, moments.mean.shape), combination)
    return spread * n / (n - 1)


def _third_derivative(points: MassPoints, combination: FloatArray) -> float:
    """Return that of one cubic over all points, with a jump at the cutoff."""
    scale = float(np.abs(points.x).max())
    u = points.x / scale
    design = np.column_stack([np.ones_like(u), u >= 0, u, u**2, u**3])
    root = np.sqrt(points.moments.weight)
    value = points.moments.mean @ combination
    found = np.linalg.lstsq(design * root[:, None], root * value, rcond=None)[0]
    return 6 * float(found[4]) / scale**3
