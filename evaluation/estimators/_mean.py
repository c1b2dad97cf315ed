"""Averages of averages: by cohort size or evenly, with values and derivatives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.data.model_data import FloatArray


@dataclass(frozen=True)
class Mean:
    """How a number is made of group-time effects.

    Attributes
    ----------
    parts
        Positions of group-time effects, or further means.
    cohorts
        For each part the position of the cohort whose size weighs it; ``None`` weighs evenly.
    """

    parts: tuple[int | Mean, ...]
    cohorts: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Linear:
    """A number as a function of group-time effects and cohort sizes.

    Attributes
    ----------
    value
        The number.
    by_effect
        Derivative by every effect, shape ``(m,)``.
    by_size
        Derivative by every cohort's size, shape ``(cohorts,)``.
    """

    value: float
    by_effect: FloatArray
    by_size: FloatArray


def values_of(mean: int | Mean, effects: FloatArray, mass: FloatArray) -> FloatArray:
    """Return a number for many sets of effects and cohort sizes at once, shape ``(G,)``.

    Parameters
    ----------
    mean
        How it is made.
    effects
        Group-time effects, shape ``(G, m)``.
    mass
        Cohort sizes, shape ``(G, cohorts)``.
    """
    if isinstance(mean, int):
        return effects[:, mean]
    parts = np.column_stack([values_of(part, effects, mass) for part in mean.parts])
    if mean.cohorts is None:
        evenly: FloatArray = parts.mean(axis=1)
        return evenly
    weight = mass[:, list(mean.cohorts)]
    by_size: FloatArray = np.sum(weight * parts, axis=1) / weight.sum(axis=1)
    return by_size


def linear_of(mean: int | Mean, effects: FloatArray, mass: FloatArray) -> Linear:
    """Return a number with its derivatives.

    Parameters
    ----------
    mean
        How it is made.
    effects
        Group-time effects, shape ``(m,)``.
    mass
        Cohort sizes, shape ``(cohorts,)``.
    """
    if isinstance(mean, int):
        own = np.zeros(len(effects))
        own[mean] = 1.0
        return Linear(float(effects[mean]), own, np.zeros(len(mass)))
    parts = [linear_of(part, effects, mass) for part in mean.parts]
    if mean.cohorts is None:
        return Linear(
            float(np.mean([part.value for part in parts])),
            np.mean([part.by_effect for part in parts], axis=0),
            np.mean([part.by_size for part in parts], axis=0),
        )
    spots = list(mean.cohorts)
    whole = mass[spots].sum()
    weights = mass[spots] / whole
    value = float(sum(w * part.value for w, part in zip(weights, parts, strict=True)))
    by_effect, by_size = np.zeros(len(effects)), np.zeros(len(mass))
    for weight, spot, part in zip(weights, spots, parts, strict=True):
        by_effect += weight * part.by_effect
        by_size += weight * part.by_size
        by_size[spot] += (part.value - value) / whole
    return Linear(value, by_effect, by_size)
