"""What effects of the month of birth do to a change at a cutoff in age."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.data.model_data import FloatArray, IntArray
from evaluation.estimators._cct.local import KERNELS
from evaluation.inference.intervals import interval

MONTHS = 12
# Share of a column's squares left by the others below which it is one of them.
SAME = 1e-8


@dataclass(frozen=True)
class Ages:
    """Rows, or cells of them, by age and month.

    Attributes
    ----------
    x
        Months of age less the cutoff, shape ``(n,)``.
    born
        Month of birth, counted from January of year 0, shape ``(n,)``.
    weight, y
        Sum of weights, and mean outcome, shape ``(n,)``.
    """

    x: FloatArray
    born: IntArray
    weight: FloatArray
    y: FloatArray


@dataclass(frozen=True)
class Season:
    """A change at the cutoff, above less below, with and without effects of the month of birth.

    Attributes
    ----------
    plain, adjusted
        The change.
    difference, std_error
        Adjusted less plain; clusters are birth months, in which persons stay.
    p_value
        Of no difference, by Student's t with ``clusters`` - 1 degrees of freedom.
    clusters
        Birth months inside the bandwidth.
    uneven
        Share of kernel weight that would have to change its calendar month of birth for both sides
        to have the same.
    largest
        Calendar month of birth with most rows inside the bandwidth, 1 to 12, and its share.
    """

    plain: float
    adjusted: float
    difference: float
    std_error: float
    p_value: float | None
    clusters: int
    uneven: float
    largest: tuple[int, float]


def season_of(ages: Ages, bandwidth: float, order: int, kernel: str, kink: bool) -> Season | None:
    """Return what effects of the calendar month of birth do to a local polynomial's change.

    Parameters
    ----------
    ages
        Rows or cells; none at an age that is partly on either side.
    bandwidth
        In months, on both sides.
    order
        Of the polynomial.
    kernel
        A name in ``KERNELS``.
    kink
        Whether the change is that of the slope.

    Returns
    -------
    Season or None
        ``None`` where age and month of birth cannot be told apart.
    """
    mass = ages.weight * KERNELS[kernel](np.abs(ages.x) / bandwidth)
    inside = mass > 0
    x, y, mass = ages.x[inside] / bandwidth, ages.y[inside], mass[inside]
    above = x >= 0
    born = ages.born[inside]
    month = born % MONTHS
    powers = np.vander(x, order + 1, increasing=True)
    lines = np.hstack([powers, powers * above[:, None]])
    at = order + 2 if kink else order + 1
    present = [one for one in range(MONTHS) if (month == one).any()]
    dummies = (month[:, None] == np.array(present[1:])[None, :]).astype(np.float64)
    cohort = np.unique(born, return_inverse=True)[1]
    plain = _coefficient(lines, y, mass, at, cohort)
    adjusted = _coefficient(np.hstack([lines, dummies]), y, mass, at, cohort)
    if plain is None or adjusted is None:
        return None
    scale = 1 / bandwidth if kink else 1.0
    clusters = int(cohort.max()) + 1
    moves = adjusted[1] - plain[1]
    error = scale * float(np.sqrt(clusters / (clusters - 1) * (moves @ moves)))
    difference = scale * (adjusted[0] - plain[0])
    shares = [np.bincount(month[side], mass[side], MONTHS) for side in (~above, above)]
    uneven = float(np.abs(shares[0] / shares[0].sum() - shares[1] / shares[1].sum()).sum() / 2)
    rows = np.bincount(month, ages.weight[inside], MONTHS)
    return Season(
        plain=scale * plain[0],
        adjusted=scale * adjusted[0],
        difference=difference,
        std_error=error,
        p_value=interval(difference, error, clusters - 1.0).p_value if error > 0 else None,
        clusters=clusters,
        uneven=uneven,
        largest=(int(rows.argmax()) + 1, float(rows.max() / rows.sum())),
    )


def _coefficient(
    columns: FloatArray, y: FloatArray, mass: FloatArray, at: int, cluster: IntArray
) -> tuple[float, FloatArray] | None:
    """Return a coefficient of weighted least squares and how every cluster moves it.

    ``None`` where the column is a combination of the others.
    """
    root = np.sqrt(mass)
    own = columns[:, at] * root
    others = np.delete(columns, at, axis=1) * root[:, None]
    left = own - others @ np.linalg.lstsq(others, own, rcond=None)[0]
    size = float(left @ left)
    if size <= SAME * float(own @ own):
        return None
    target = y * root
    rest = target - others @ np.linalg.lstsq(others, target, rcond=None)[0]
    estimate = float(left @ rest) / size
    residual = rest - left * estimate
    return estimate, np.bincount(cluster, left * residual / size).astype(np.float64)
