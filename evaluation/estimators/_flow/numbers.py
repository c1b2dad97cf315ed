"""Jumps, slopes and deviations at a cutoff as numbers that are linear in what persons have.

A series is a sum over another: receipt over persons, entries over those at risk of entry. Its
local polynomial weighs each month by the second sum, as least squares on the rows does, so that a
person adds level × (first - fitted × second) to a number: numbers of different series have a joint
covariance from the same persons.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import perm

import numpy as np

from evaluation.data.model_data import FloatArray
from evaluation.errors import DataError, EstimationError
from evaluation.estimators._cct.local import KERNELS
from evaluation.estimators._flow.followed import Followed, meat_of
from evaluation.inference.small_sample import cluster_factor


@dataclass(frozen=True)
class Series:
    """A sum by month over another.

    Attributes
    ----------
    above, below
        Names of what stands above and below the fraction line.
    """

    above: str
    below: str


@dataclass(frozen=True)
class Number:
    """A number with its influence.

    Attributes
    ----------
    value
        The number.
    load
        What a value of each variable at each month adds to it, about the number itself, shape
        ``(V, P)``.
    parameters
        Coefficients that it is made of, for the small-sample factor.
    """

    value: float
    load: FloatArray
    parameters: int

    def less(self, other: Number) -> Number:
        """Return the difference of two numbers."""
        most = max(self.parameters, other.parameters)
        return Number(self.value - other.value, self.load - other.load, most)

    def times(self, factor: float) -> Number:
        """Return a multiple."""
        return Number(factor * self.value, factor * self.load, self.parameters)


@dataclass(frozen=True)
class Sides:
    """Polynomials of one series below and above the cutoff.

    Attributes
    ----------
    below, above
        Coefficients on 1, x, x², ... with influences.
    """

    below: tuple[Number, ...]
    above: tuple[Number, ...]

    def at(self, side: str, x: float, derivative: int = 0) -> Number:
        """Return the value, or a derivative, of one side's polynomial.

        Parameters
        ----------
        side
            ``below`` or ``above``.
        x
            Age less the cutoff; beyond the side's own months it is an extrapolation.
        derivative
            0 for the value, 1 for the slope.
        """
        found = {"below": self.below, "above": self.above}[side]
        powers = [perm(j, derivative) * x ** max(j - derivative, 0) for j in range(len(found))]
        return Number(
            float(sum(c * one.value for c, one in zip(powers, found, strict=True))),
            np.einsum("j,jvp->vp", np.array(powers), np.array([one.load for one in found])),
            found[0].parameters,
        )

    def change(self, x: float = 0.0, derivative: int = 0) -> Number:
        """Return what the side above has more than the side below."""
        return self.at("above", x, derivative).less(self.at("below", x, derivative))


def sides_of(followed: Followed, series: Series, order: int, width: float, kernel: str) -> Sides:
    """Fit a polynomial on each side.

    Parameters
    ----------
    followed
        Persons at P months, all within the bandwidth.
    series
        What is fitted.
    order
        Of the polynomial.
    width
        Bandwidth in months.
    kernel
        A name in ``KERNELS``.

    Raises
    ------
    DataError
        Where nobody is at risk at some month.
    EstimationError
        Where a side has fewer months than coefficients.
    """
    below, above = followed.place(series.below), followed.place(series.above)
    empty = int(np.sum(followed.sums[below] <= 0))
    if empty:
        raise DataError(
            f"outcome {followed.outcome}: nobody is at risk of {series.above} at {empty} months "
            "of age inside the bandwidth: narrow the bandwidth or widen the sample"
        )
    one, other = (
        _coefficients(followed, (above, below), side, order, width, kernel)
        for side in (followed.x < 0, followed.x >= 0)
    )
    return Sides(one, other)


def _coefficients(
    followed: Followed,
    places: tuple[int, int],
    side: np.ndarray,
    order: int,
    width: float,
    kernel: str,
) -> tuple[Number, ...]:
    months = int(side.sum())
    if months <= order:
        raise EstimationError(
            f"outcome {followed.outcome}: {months} months of age lie within the bandwidth on one "
            f"side, and a polynomial of order {order} needs {order + 1}: widen the bandwidth"
        )
    u = followed.x[side] / width
    size = followed.sums[places[1], side]
    mean = followed.sums[places[0], side] / size
    kernels = KERNELS[kernel](np.abs(u))
    root = np.sqrt(kernels * size)
    powers = np.vander(u, order + 1, increasing=True)
    orthogonal, triangle = np.linalg.qr(powers * root[:, None])
    solved = np.linalg.solve(triangle, orthogonal.T)
    scaled = solved @ (root * mean)
    fitted = powers @ scaled
    level = solved * (kernels / root)
    found = []
    for j in range(order + 1):
        load = np.zeros(followed.sums.shape)
        load[places[0], side] = level[j] / width**j
        load[places[1], side] -= level[j] * fitted / width**j
        found.append(Number(float(scaled[j] / width**j), load, 2 * (order + 1)))
    return tuple(found)


def mean_at(followed: Followed, series: Series, place: int) -> Number:
    """Return the mean of one month.

    Parameters
    ----------
    followed
        Persons at P months.
    series
        What is averaged.
    place
        Position of the month.
    """
    above, below = followed.place(series.above), followed.place(series.below)
    size = followed.sums[below, place]
    mean = float(followed.sums[above, place] / size)
    load = np.zeros(followed.sums.shape)
    load[above, place] = 1.0 / size
    load[below, place] -= mean / size
    return Number(mean, load, 1)


def covariance_of(followed: Followed, numbers: Sequence[Number], with_g: bool) -> FloatArray:
    """Return the covariance of numbers, clustered, shape ``(m, m)``.

    The small-sample factor of a number is (n - 1) / (n - k) × G / (G - 1) over the rows and
    clusters inside the bandwidth, with the root of the product of two factors off the diagonal.

    Parameters
    ----------
    followed
        Persons at P months.
    numbers
        m of them.
    with_g
        Whether G / (G - 1) multiplies.

    Raises
    ------
    DataError
        Where there is one cluster, or as many coefficients as rows.
    """
    n, clusters = int(followed.rows.sum()), followed.clusters
    most = max(one.parameters for one in numbers)
    if clusters < 2 or n <= most:
        raise DataError(
            f"outcome {followed.outcome}: {n} rows in {clusters} clusters inside the bandwidth do "
            f"not identify {most} coefficients: widen the bandwidth or the sample"
        )
    meat = meat_of(followed, np.array([one.load for one in numbers]))
    root = np.sqrt([cluster_factor(n, one.parameters, clusters, with_g) for one in numbers])
    found: FloatArray = meat * np.outer(root, root)
    # A variance of zero may come out as less by rounding.
    at = np.diag_indices(len(found))
    found[at] = np.maximum(found[at], 0.0)
    return found
