"""The polynomials of a model on the two sides of a cutoff, and the means they are fitted to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.data.model_data import FloatArray
from evaluation.estimators._cct.combination import combination_of
from evaluation.estimators._cct.local import KERNELS, BoolArray, LocalFit, local_fits
from evaluation.estimators._cct.parts import restricted
from evaluation.estimators._cct.points import MassPoints

Sides = tuple[FloatArray, FloatArray]


@dataclass(frozen=True)
class Window:
    """How a model fits its sides.

    Attributes
    ----------
    widths
        Bandwidths below and above the cutoff.
    kernel
        A name in ``KERNELS``.
    order
        Of the polynomials.
    meet
        Where both sides have one level, from the cutoff; ``None`` where each has its own.
    common
        Whether both sides have the same slopes.
    """

    widths: tuple[float, float]
    kernel: str
    order: int
    meet: float | None = None
    common: bool = False


@dataclass(frozen=True)
class Curves:
    """Means of one variable and the polynomials through them.

    Attributes
    ----------
    x
        Running variable less the cutoff, ascending, shape ``(P,)``.
    mean
        Means, less what controls explain where the model has some, shape ``(P,)``.
    weight, rows
        Sum of weights and rows behind each mean, shape ``(P,)``.
    partly
        Which means are of rows partly on either side, shape ``(P,)``.
    about
        Where the sides meet, the cutoff but for sides with one level: polynomials are in powers of
        x less this.
    coefficients
        On powers of x less ``about``, below and above, each of shape ``(order + 1,)``.
    """

    x: FloatArray
    mean: FloatArray
    weight: FloatArray
    rows: FloatArray
    partly: BoolArray
    about: float
    coefficients: Sides

    def at(self, side: int, x: FloatArray) -> FloatArray:
        """Return the polynomial of one side.

        Parameters
        ----------
        side
            0 for below, 1 for above.
        x
            Running variable less the cutoff.
        """
        value = np.polynomial.polynomial.polyval(x - self.about, self.coefficients[side])
        return np.asarray(value, dtype=np.float64)

    def change(self, derivative: int) -> float:
        """Return what level (0) or slope (1) is above more than below, where the sides meet."""
        below, above = (
            np.polynomial.polynomial.polyval(0.0, np.polynomial.polynomial.polyder(one, derivative))
            for one in self.coefficients
        )
        return float(above - below)


def curves_of(
    points: MassPoints, parts: Sequence[BoolArray], window: Window, variable: int = 0
) -> tuple[Curves, ...]:
    """Return the means and polynomials of every part, controls taken off all parts at once.

    Parameters
    ----------
    points
        Mass points of all rows.
    parts
        Which points each part has, each of shape ``(P,)``; one where a model compares no parts.
    window
        How the model fits.
    variable
        0 for the outcome, 1 for the treatment of a fuzzy design.
    """
    own = [points if kept.all() else restricted(points, kept) for kept in parts]
    taken = np.zeros(len(points.centre))
    taken[variable] = 1.0
    if len(taken) > (2 if points.fuzzy else 1):
        fits = [
            _within(kept, fit)
            for kept, some in zip(parts, own, strict=True)
            for fit in _fits(some, window)
        ]
        found = combination_of(points, fits)
        taken = found.outcome if found.treatment is None or variable == 0 else found.treatment
    return tuple(_curves(some, window, taken, variable) for some in own)


def _fits(points: MassPoints, window: Window) -> Sequence[LocalFit]:
    """Return the fits that controls are taken off by."""
    if not window.common:
        return local_fits(points, window.order, window.widths, window.kernel)
    kernel = KERNELS[window.kernel](np.abs(points.x) / window.widths[0])
    design = _common(points, window)
    fitted, coefficients = _solved(design, kernel * points.moments.weight, points.moments.mean)
    level = np.zeros((0, len(points.x)))
    return (LocalFit(kernel > 0, kernel, level, coefficients, fitted),)


def _within(kept: BoolArray, fit: LocalFit) -> LocalFit:
    """Return a part's fit over the points of all parts."""
    inside, kernel = np.zeros(len(kept), dtype=bool), np.zeros(len(kept))
    fitted = np.zeros((len(kept), fit.fitted.shape[1]))
    inside[kept], kernel[kept], fitted[kept] = fit.inside, fit.kernel, fit.fitted
    return LocalFit(inside, kernel, np.zeros((0, len(kept))), fit.coefficients, fitted)


def _curves(points: MassPoints, window: Window, taken: FloatArray, variable: int) -> Curves:
    value = points.moments.mean @ taken + points.centre[variable]
    weight = points.moments.weight
    about, coefficients = SOLVERS[_kind(window)](points, window, value)
    partly = np.zeros(len(points.x), dtype=bool)
    if points.above is not None:
        partly = (points.above > 0) & (points.above < 1)
    return Curves(
        points.x, value, weight, points.rows.astype(np.float64), partly, about, coefficients
    )


def _kind(window: Window) -> str:
    return "common" if window.common else "apart" if window.meet is None else "joined"


def _apart(points: MassPoints, window: Window, value: FloatArray) -> tuple[float, Sides]:
    """Return the coefficients of sides with levels and slopes of their own."""
    powers = window.order + 1
    u = [points.x / width for width in window.widths]
    kernels = [
        share * KERNELS[window.kernel](np.abs(one)) / width
        for share, one, width in zip(points.shares, u, window.widths, strict=True)
    ]
    design = np.hstack(
        [
            share[:, None] * np.vander(one, powers, increasing=True)
            for share, one in zip(points.shares, u, strict=True)
        ]
    )
    _, found = _solved(design, (kernels[0] + kernels[1]) * points.moments.weight, value)
    below, above = (
        found[at * powers : (at + 1) * powers] * width ** -np.arange(float(powers))
        for at, width in enumerate(window.widths)
    )
    return 0.0, (below, above)


def _joined(points: MassPoints, window: Window, value: FloatArray) -> tuple[float, Sides]:
    """Return the coefficients of sides that have one level where they meet."""
    meet, width, order = float(window.meet or 0.0), min(window.widths), window.order
    powers = np.vander((points.x - meet) / width, order + 1, increasing=True)[:, 1:]
    above = (points.x >= 0)[:, None]
    design = np.hstack(
        [np.ones((len(powers), 1)), np.where(above, 0.0, powers), np.where(above, powers, 0.0)]
    )
    kernel = KERNELS[window.kernel](np.abs(points.x) / width)
    _, found = _solved(design, kernel * points.moments.weight, value)
    scale = width ** -np.arange(1.0, order + 1)
    one, other = (
        np.concatenate([found[:1], part * scale]) for part in (found[1 : order + 1],
                                                               found[order + 1 :])
    )  # fmt: skip
    return meet, (one, other)


def _alike(points: MassPoints, window: Window, value: FloatArray) -> tuple[float, Sides]:
    """Return the coefficients of sides that differ in level alone."""
    kernel = KERNELS[window.kernel](np.abs(points.x) / window.widths[0])
    design = _common(points, window)
    _, found = _solved(design, kernel * points.moments.weight, value)
    slopes = found[2:] * window.widths[0] ** -np.arange(1.0, window.order + 1)
    return 0.0, (
        np.concatenate([found[:1], slopes]),
        np.concatenate([found[:1] + found[1], slopes]),
    )


SOLVERS: dict[str, Callable[[MassPoints, Window, FloatArray], tuple[float, Sides]]] = {
    "apart": _apart,
    "joined": _joined,
    "common": _alike,
}


def _common(points: MassPoints, window: Window) -> FloatArray:
    powers = np.vander(points.x / window.widths[0], window.order + 1, increasing=True)
    return np.column_stack([powers[:, :1], points.shares[1], powers[:, 1:]])


def _solved(design: FloatArray, weight: FloatArray, value: FloatArray) -> Sides:
    """Return fitted values and coefficients of weighted least squares, by QR."""
    inside = weight > 0
    root = np.sqrt(weight[inside])
    rows = value[inside] * (root if value.ndim == 1 else root[:, None])
    orthogonal, triangle = np.linalg.qr(design[inside] * root[:, None])
    found = np.linalg.solve(triangle, orthogonal.T @ rows)
    return design @ found, found
