"""Averages of effects by cohort and event time: which effects each is made of, and its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from evaluation.data.model_data import FloatArray, IntArray
from evaluation.estimators._problem import DetailValue
from evaluation.estimators._term import term_of
from evaluation.estimators.contract import Term, label_of
from evaluation.inference.bands import Bands, uniform_critical_value

Family = Literal["simple", "cell", "event_time", "cohort", "period"]
FAMILY: dict[str, Family] = {
    "att": "simple",
    "att_relative": "simple",
    "att_gt": "cell",
    "att_by_event_time": "event_time",
    "att_by_cohort": "cohort",
    "att_by_period": "period",
}


@dataclass(frozen=True, slots=True)
class Effect:
    """One effect: a cohort at an event time, and its period where it has one."""

    cohort: int
    event_time: int
    period: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a number stands among the terms of a fit, as in ``Term``."""

    estimand: str
    cohort: str = ""
    period: str = ""
    event_time: int | None = None
    term: str = ""

    @property
    def label(self) -> str:
        """Name inside its fit."""
        return label_of(self.estimand, self.term, self.cohort, self.period, self.event_time)


@dataclass(frozen=True)
class Average:
    """A number made of effects.

    Attributes
    ----------
    place
        Where it is printed.
    parts
        Positions of the effects in it, shape ``(parts,)``.
    """

    place: Place
    parts: IntArray


def averages_of(
    effects: tuple[Effect, ...],
    families: frozenset[Family],
    cohorts: dict[int, str],
    periods: dict[int, str],
    headline: str = "att",
) -> tuple[Average, ...]:
    """Return the averages of the families asked for, the overall one first.

    ``simple``, ``cohort`` and ``period`` take effects from event time 0 on; ``event_time`` and
    ``cell`` (an effect by itself) take all.

    Parameters
    ----------
    effects
        What can be averaged.
    families
        Which averages.
    cohorts, periods
        Labels by index.
    headline
        Estimand of the overall average.
    """
    post = [j for j, one in enumerate(effects) if one.event_time >= 0]
    every = range(len(effects))

    def made(place: Place, parts: list[int]) -> Average:
        return Average(place, np.array(parts, dtype=np.int64))

    def simple() -> list[Average]:
        return [made(Place(headline), post)] if post else []

    def cell() -> list[Average]:
        found = []
        for j, one in enumerate(effects):
            period = "" if one.period is None else periods.get(one.period, str(one.period))
            cohort = cohorts.get(one.cohort, str(one.cohort))
            found.append(made(Place("att_gt", cohort, period, one.event_time), [j]))
        return found

    def event_time() -> list[Average]:
        times = sorted({one.event_time for one in effects})
        return [
            made(
                Place("att_by_event_time", event_time=e),
                [j for j in every if effects[j].event_time == e],
            )
            for e in times
        ]

    def cohort() -> list[Average]:
        return [
            made(
                Place("att_by_cohort", cohort=cohorts.get(g, str(g))),
                [j for j in post if effects[j].cohort == g],
            )
            for g in sorted({effects[j].cohort for j in post})
        ]

    def period() -> list[Average]:
        seen = [effects[j].period for j in post]
        return [
            made(
                Place("att_by_period", period=periods.get(t, str(t))),
                [j for j in post if effects[j].period == t],
            )
            for t in sorted({one for one in seen if one is not None})
        ]

    make: dict[Family, Callable[[], list[Average]]] = {
        "simple": simple,
        "cell": cell,
        "event_time": event_time,
        "cohort": cohort,
        "period": period,
    }
    return tuple(one for name, build in make.items() if name in families for one in build())


def pairs_of(
    cohort: FloatArray | IntArray,
    period: IntArray,
    cohorts: dict[int, str],
    periods: dict[int, str],
) -> frozenset[tuple[str, str]]:
    """Return the labels of the pairs of cohort and period that occur.

    Parameters
    ----------
    cohort, period
        Of rows with an effect, shape ``(n,)``.
    cohorts, periods
        Labels by index.
    """
    joint = np.unique(np.column_stack([cohort.astype(np.int64), period]), axis=0)
    return frozenset((cohorts.get(g, str(g)), periods.get(t, str(t))) for g, t in joint.tolist())


def terms_of(
    places: tuple[Place, ...], values: FloatArray, covariance: FloatArray, df: float | None
) -> tuple[Term, ...]:
    """Return one term for every number; one without a variance has no standard error.

    Parameters
    ----------
    places
        Of T numbers.
    values, covariance
        Shapes ``(T,)`` and ``(T, T)``.
    df
        Degrees of freedom of intervals; ``None`` means normal.
    """
    terms = []
    for place, value, variance in zip(places, values, np.diag(covariance), strict=True):
        std_error = float(np.sqrt(variance)) if variance > 0 else None
        terms.append(
            term_of(
                float(value),
                std_error,
                df,
                estimand=place.estimand,
                term=place.term,
                cohort=place.cohort,
                period=place.period,
                event_time=place.event_time,
            )
        )
    return tuple(terms)


def band_details(
    places: tuple[Place, ...],
    values: FloatArray,
    covariance: FloatArray,
    bands: Bands | None,
    df: float | None,
) -> list[tuple[str, str, DetailValue]]:
    """Return simultaneous bands over event times, or over every number where there are none.

    Parameters
    ----------
    places, values, covariance, df
        As for :func:`terms_of`.
    bands
        Draws and seed, or ``None`` for no bands.
    """
    if bands is None:
        return []
    known = [at for at, variance in enumerate(np.diag(covariance)) if variance > 0]
    by_time = [at for at in known if places[at].event_time is not None and not places[at].cohort]
    chosen = by_time or known
    if not chosen:
        return []
    critical = uniform_critical_value(covariance[np.ix_(chosen, chosen)], bands, df)
    details: list[tuple[str, str, DetailValue]] = [("", "uniform_critical_value", critical)]
    for at in chosen:
        half = critical * float(np.sqrt(covariance[at, at]))
        details.append((places[at].label, "uniform_low", float(values[at]) - half))
        details.append((places[at].label, "uniform_high", float(values[at]) + half))
    return details
