"""Averages of group-time effects, with cohort shares that are estimated.

An aggregate is the sum of weights × effects. Where the weights are cohort sizes N_g over their
sum, its influence has a second part: (ATT - aggregate) / ΣN for every unit of a cohort. Callaway
and Sant'Anna (2021), Journal of Econometrics 225(2), section 3.1 and corollary 2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from evaluation.data.model_data import FloatArray
from evaluation.estimators._group_time import Contrast


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


@dataclass(frozen=True)
class Aggregate:
    """A named average.

    Attributes
    ----------
    family
        ``simple``, ``event_time``, ``cohort`` or ``period``.
    at
        Event time, cohort or period; ``None`` for the average of the family.
    linear
        Its value and derivatives.
    """

    family: str
    at: int | None
    linear: Linear


@dataclass(frozen=True)
class Sizes:
    """Cohort sizes.

    Attributes
    ----------
    cohorts
        Ascending.
    mass
        Weighted number of units of each, shape ``(cohorts,)``.
    """

    cohorts: tuple[int, ...]
    mass: FloatArray


def by_size(parts: list[tuple[Linear, int]], sizes: Sizes) -> Linear:
    """Return the average of numbers, each weighted by the size of a cohort.

    Parameters
    ----------
    parts
        Numbers, each with its cohort.
    sizes
        Cohort sizes.
    """
    spots = [sizes.cohorts.index(cohort) for _, cohort in parts]
    weights = sizes.mass[spots] / sizes.mass[spots].sum()
    value = float(sum(w * part.value for w, (part, _) in zip(weights, parts, strict=True)))
    by_effect = np.zeros(len(parts[0][0].by_effect))
    derivative = np.zeros(len(sizes.cohorts))
    for weight, spot, (part, _) in zip(weights, spots, parts, strict=True):
        by_effect += weight * part.by_effect
        derivative += weight * part.by_size
        derivative[spot] += (part.value - value) / sizes.mass[spots].sum()
    return Linear(value, by_effect, derivative)


def evenly(parts: list[Linear]) -> Linear:
    """Return the plain average of numbers."""
    return Linear(
        float(np.mean([part.value for part in parts])),
        np.mean([part.by_effect for part in parts], axis=0),
        np.mean([part.by_size for part in parts], axis=0),
    )


def aggregates(
    contrasts: tuple[Contrast, ...], estimates: FloatArray, sizes: Sizes, families: tuple[str, ...]
) -> tuple[Aggregate, ...]:
    """Return the averages of the families asked for, in the order printed.

    Post-treatment effects are those with period at or after the cohort. ``event_time`` averages
    over cohorts by size, its average is over event times from 0 evenly; ``cohort`` averages over a
    cohort's periods evenly, its average is over cohorts by size; ``period`` averages over treated
    cohorts by size, its average is over periods evenly.

    Parameters
    ----------
    contrasts
        Group-time effects; m in all.
    estimates
        Shape ``(m,)``.
    sizes
        Cohort sizes.
    families
        Subset of ``simple``, ``event_time``, ``cohort``, ``period``.
    """
    unit = np.eye(len(contrasts))
    none = np.zeros(len(sizes.cohorts))
    single = [
        (Linear(float(value), unit[j], none), one)
        for j, (value, one) in enumerate(zip(estimates, contrasts, strict=True))
    ]
    post = [(linear, one) for linear, one in single if one.period >= one.cohort]

    def simple() -> list[Aggregate]:
        whole = by_size([(linear, one.cohort) for linear, one in post], sizes)
        return [Aggregate("simple", None, whole)]

    def event_time() -> list[Aggregate]:
        times = sorted({one.period - one.cohort for _, one in single})
        found = {
            e: by_size([(x, c.cohort) for x, c in single if c.period - c.cohort == e], sizes)
            for e in times
        }
        average = evenly([linear for e, linear in found.items() if e >= 0])
        return _family("event_time", found, average)

    def cohort() -> list[Aggregate]:
        found = {
            g: evenly([x for x, c in post if c.cohort == g])
            for g in sorted({one.cohort for _, one in post})
        }
        average = by_size([(linear, g) for g, linear in found.items()], sizes)
        return _family("cohort", found, average)

    def period() -> list[Aggregate]:
        found = {
            t: by_size([(x, c.cohort) for x, c in post if c.period == t], sizes)
            for t in sorted({one.period for _, one in post})
        }
        return _family("period", found, evenly(list(found.values())))

    make: dict[str, Callable[[], list[Aggregate]]] = {
        "simple": simple,
        "event_time": event_time,
        "cohort": cohort,
        "period": period,
    }
    return tuple(one for name in make if name in families for one in make[name]())


def _family(name: str, found: dict[int, Linear], average: Linear) -> list[Aggregate]:
    own = [Aggregate(name, at, linear) for at, linear in found.items()]
    return [*own, Aggregate(name, None, average)]
