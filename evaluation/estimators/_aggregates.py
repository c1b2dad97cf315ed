"""Averages of group-time effects, with cohort shares that are estimated.

An aggregate is the sum of weights × effects. Where the weights are cohort sizes N_g over their
sum, its influence has a second part: (ATT - aggregate) / ΣN for every unit of a cohort. Callaway
and Sant'Anna (2021), Journal of Econometrics 225(2), section 3.1 and corollary 2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from evaluation.data.model_data import FloatArray
from evaluation.estimators._group_time import Contrast
from evaluation.estimators._mean import Linear, Mean, linear_of


@dataclass(frozen=True)
class Aggregate:
    """A named average.

    Attributes
    ----------
    family
        ``simple``, ``event_time``, ``cohort`` or ``period``.
    at
        Event time, cohort or period; ``None`` for the average of the family.
    mean
        How it is made of group-time effects.
    linear
        Its value and derivatives.
    """

    family: str
    at: int | None
    mean: Mean
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


# Averages of a family by event time, cohort or period, and their average.
Family = tuple[dict[int, Mean], Mean]


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
    spot = {cohort: at for at, cohort in enumerate(sizes.cohorts)}
    post = [j for j, one in enumerate(contrasts) if one.period >= one.cohort]

    def over_cohorts(chosen: list[int]) -> Mean:
        return Mean(tuple(chosen), tuple(spot[contrasts[j].cohort] for j in chosen))

    def simple() -> Family:
        return {}, over_cohorts(post)

    def event_time() -> Family:
        times = [one.period - one.cohort for one in contrasts]
        found = {
            e: over_cohorts([j for j, own in enumerate(times) if own == e])
            for e in sorted(set(times))
        }
        return found, Mean(tuple(mean for e, mean in found.items() if e >= 0))

    def cohort() -> Family:
        found = {
            g: Mean(tuple(j for j in post if contrasts[j].cohort == g))
            for g in sorted({contrasts[j].cohort for j in post})
        }
        return found, Mean(tuple(found.values()), tuple(spot[g] for g in found))

    def period() -> Family:
        found = {
            t: over_cohorts([j for j in post if contrasts[j].period == t])
            for t in sorted({contrasts[j].period for j in post})
        }
        return found, Mean(tuple(found.values()))

    make: dict[str, Callable[[], Family]] = {
        "simple": simple,
        "event_time": event_time,
        "cohort": cohort,
        "period": period,
    }
    found = []
    for name in make:
        if name in families:
            own, average = make[name]()
            for at, mean in [*own.items(), (None, average)]:
                linear = linear_of(mean, estimates, sizes.mass)
                found.append(Aggregate(name, at, mean, linear))
    return tuple(found)
