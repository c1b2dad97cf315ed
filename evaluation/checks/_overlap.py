"""How many independent placebos some overlapping ones are worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.estimators.contract import FloatArray


@dataclass(frozen=True, slots=True)
class Window:
    """One difference in differences of ages over months.

    Attributes
    ----------
    treated, control
        First and last completed year of each band.
    first, date, last
        Months, counted alike everywhere: the window's first, the first after the placebo reform,
        and the first beyond the window.
    """

    treated: tuple[int, int]
    control: tuple[int, int]
    first: int
    date: int
    last: int


def effective_placebos(windows: tuple[Window, ...]) -> float:
    """Return the degrees of freedom of the sum of squared ratios of overlapping placebos.

    Each is a contrast of cells of age and month with equal and independent errors; two of them
    correlate as their contrasts overlap. With R the matrix of correlations, n placebos are worth
    n² / tr(R²): n where none overlap, 1 where all are one. Source: Satterthwaite (1946), Biometrics
    Bulletin 2(6), for a quadratic form in normal variables.

    Parameters
    ----------
    windows
        The placebos; n in all.
    """
    ages = range(min(one.treated[0] for one in windows), max(one.control[1] for one in windows) + 1)
    months = np.arange(min(one.first for one in windows), max(one.last for one in windows))
    contrasts = np.array([_contrast(one, np.array(ages), months).ravel() for one in windows])
    contrasts /= np.linalg.norm(contrasts, axis=1, keepdims=True)
    correlations = contrasts @ contrasts.T
    return float(len(windows) ** 2 / np.sum(correlations**2))


def _contrast(one: Window, ages: np.ndarray, months: np.ndarray) -> FloatArray:
    def band(ends: tuple[int, int]) -> FloatArray:
        inside = (ages >= ends[0]) & (ages <= ends[1])
        return np.asarray(inside / inside.sum())

    after = (months >= one.date) & (months < one.last)
    before = (months >= one.first) & (months < one.date)
    group, side = band(one.treated) - band(one.control), after / after.sum() - before / before.sum()
    return np.asarray(np.outer(group, side))
