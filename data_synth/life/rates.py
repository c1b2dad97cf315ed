"""Monthly probabilities by age, and what the calendar does to them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from data_synth.life.draws import Draws, FloatArray, IntArray
from data_synth.life.months import month_index
from data_synth.world.schema import World
from data_synth.world.types import AgeRate

OLDEST = 111 * 12  # months; tables by age end here
OF_AGE = 18 * 12  # months; nobody enters social assistance or a benefit below


@dataclass(frozen=True)
class Rates:
    """Monthly probabilities at each age in months, arrays of shape ``(OLDEST,)``."""

    enrol: FloatArray
    leave_school: FloatArray
    find: FloatArray
    lose: FloatArray
    enter: FloatArray
    aap: FloatArray
    disability: FloatArray
    disabled_at_start: FloatArray


@lru_cache(maxsize=8)
def make_rates(world: World) -> Rates:
    """Tabulate the probabilities of ``world`` over ages."""
    education, work, benefits = world.education, world.employment, world.benefits
    return Rates(
        enrol=by_age(education.enter),
        leave_school=by_age(education.leave),
        find=by_age(work.find),
        lose=by_age(work.lose),
        enter=_adult(by_age(world.receipt.enter)),
        aap=_adult(by_age(benefits.aap_enter)),
        disability=_adult(by_age(benefits.disability_enter)),
        disabled_at_start=_adult(by_age(benefits.disability_at_start)),
    )


def by_age(rate: AgeRate) -> FloatArray:
    """Return a log-quadratic profile, smooth at every age: only policy can break at 30."""
    decades = (np.arange(OLDEST) / 12.0 - 30.0) / 10.0
    return np.minimum(rate.at_30 * np.exp(rate.slope * decades + rate.curve * decades**2), 1.0)


def _adult(profile: FloatArray) -> FloatArray:
    return np.where(np.arange(OLDEST) < OF_AGE, 0.0, profile)


@dataclass(frozen=True)
class Season:
    """Factors of one month on the probabilities.

    ``find_under`` holds below the age of release and ``find_above`` from it, ``find_early`` in
    municipalities that adopted before the law.
    """

    enrol: float
    find: float
    find_under: float
    find_above: float
    find_early: float
    lose: float
    enter: float
    aap_enter: float
    aap_exit: float


def make_season(world: World, month: int) -> Season:
    """Return the calendar's factors in ``month``."""
    year = (month - month_index(world.time.first)) / 12.0
    pandemic = month_index(world.pandemic.first) <= month <= month_index(world.pandemic.last)
    tight = month >= month_index(world.tightening.first)
    rival = month >= month_index(world.rival.first)
    cycle = _cycle(world, month)
    under, above = _age_shocks(world, month)
    trends = max(year, 0.0)
    return Season(
        enrol=_season(month, world.education.season, world.education.peak_month),
        find=_season(month, world.employment.season, world.employment.peak_month)
        * cycle
        * _if(pandemic, world.pandemic.find),
        find_under=under
        * float(np.exp(world.trends.under_release * trends))
        * _if(rival, world.rival.find),
        find_above=above,
        find_early=float(np.exp(world.trends.early_adopters * trends)),
        lose=_if(pandemic, world.pandemic.lose),
        enter=_season(month, world.receipt.season, world.receipt.peak_month)
        * _if(pandemic, world.pandemic.enter),
        aap_enter=_if(tight, world.tightening.enter),
        aap_exit=_if(tight, world.tightening.exit),
    )


def _if(holds: bool, factor: float) -> float:
    return factor if holds else 1.0


def _cycle(world: World, month: int) -> float:
    given = world.calendar
    step = month - month_index(world.time.start)
    return 1.0 + given.cycle_amplitude * float(np.sin(2.0 * np.pi * step / given.cycle_months))


def _season(month: int, amplitude: float, peak_month: int) -> float:
    return 1.0 + amplitude * float(np.cos(2.0 * np.pi * (month % 12 + 1 - peak_month) / 12.0))


def _age_shocks(world: World, month: int) -> tuple[float, float]:
    """Return this year's national factors below and above the age of release."""
    given = world.age_shocks
    if not given.sd:
        return 1.0, 1.0
    years: IntArray = np.array([month // 12 * 2, month // 12 * 2 + 1])
    below, above = np.exp(given.sd * Draws(given.seed, years).normal("age_shock"))
    return float(below), float(above)
