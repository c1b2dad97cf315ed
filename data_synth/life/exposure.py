"""Exposure to the duty by age, month and municipality."""

from __future__ import annotations

import numpy as np

from data_synth.life.draws import FloatArray, IntArray
from data_synth.life.persons import NEVER
from data_synth.life.policies import STATUSES, Policy
from data_synth.places.layout import Places


def exposure_share(
    age: IntArray, birth_day: IntArray, days: IntArray | int, release: int
) -> FloatArray:
    """Return the share of the month spent below the age of release.

    Parameters
    ----------
    age
        Completed months at the month's end.
    birth_day
        Day of the month of birth, from 1.
    days
        Days of the month of the row.
    release
        Age of release in months: in that month the days before the birthday count.
    """
    share = (age < release).astype(np.float64)
    at = np.nonzero(age == release)[0]  # few rows: the division is worth avoiding elsewhere
    length = days if isinstance(days, int) else days[at]
    share[at] = np.minimum((birth_day[at] - 1) / length, 1.0)
    return share


def in_force_from(places: Places, policy: Policy) -> IntArray:
    """Return the month index from which each municipality has the duty; ``NEVER`` for none."""
    adopting = np.array([status in policy.adopting for status in STATUSES])
    return np.where(adopting[places.status], places.adopted, NEVER)


def programme_from(places: Places, policy: Policy) -> IntArray:
    """Return the month index from which each municipality has the qualification programme."""
    return places.programme_from if policy.programme else np.full_like(places.programme_from, NEVER)
