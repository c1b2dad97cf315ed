"""Monthly probabilities by age, and national calendar factors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data_synth.draws import FloatArray, IntArray
from data_synth.months import month_index
from data_synth.world import AgeRate, World


@dataclass(frozen=True)
class Rates:
    """Probabilities by age index and factors by month since the start.

    Age arrays have shape ``(ages + 1,)``: entry 0, before the simulated life, is 0, so that
    nothing happens there. Calendar arrays have shape ``(months,)``.

    Attributes
    ----------
    first_age
        First simulated age in months.
    enrol, leave_school, find, lose, enter
        Monthly probabilities by age index.
    season_enrol, season_find, season_enter
        Calendar factors.
    """

    first_age: int
    enrol: FloatArray
    leave_school: FloatArray
    find: FloatArray
    lose: FloatArray
    enter: FloatArray
    season_enrol: FloatArray
    season_find: FloatArray
    season_enter: FloatArray

    def age_index(self, age: IntArray) -> IntArray:
        """Return the position of ages in months in the age arrays."""
        return np.clip(age - self.first_age + 1, 0, len(self.find) - 1)


def make_rates(world: World, months: int) -> Rates:
    """Tabulate the probabilities of ``world`` over ages and over ``months`` months."""
    first_age = world.ages.simulated_from * 12
    ages = np.arange(first_age, (world.ages.observed_to + 1) * 12)
    calendar = np.arange(months) + month_index(world.time.start)
    cycle = 1.0 + world.calendar.cycle_amplitude * np.sin(
        2.0 * np.pi * np.arange(months) / world.calendar.cycle_months
    )
    education, work, receipt = world.education, world.employment, world.receipt
    return Rates(
        first_age=first_age,
        enrol=_by_age(education.enter, ages),
        leave_school=_by_age(education.leave, ages),
        find=_by_age(work.find, ages),
        lose=_by_age(work.lose, ages),
        enter=_by_age(receipt.enter, ages),
        season_enrol=_season(calendar, education.season, education.peak_month),
        season_find=_season(calendar, work.season, work.peak_month) * cycle,
        season_enter=_season(calendar, receipt.season, receipt.peak_month),
    )


def _by_age(rate: AgeRate, ages: IntArray) -> FloatArray:
    # Log-quadratic, hence smooth at every age: only the duty can break at 30.
    decades = (ages / 12.0 - 30.0) / 10.0
    profile = np.minimum(rate.at_30 * np.exp(rate.slope * decades + rate.curve * decades**2), 1.0)
    return np.concatenate([[0.0], profile])


def _season(calendar: IntArray, amplitude: float, peak_month: int) -> FloatArray:
    angle = 2.0 * np.pi * (calendar % 12 + 1 - peak_month) / 12.0
    return np.asarray(1.0 + amplitude * np.cos(angle))
