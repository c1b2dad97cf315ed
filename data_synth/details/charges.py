"""Criminal charges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_synth.life.draws import BoolArray, FloatArray, IntArray
from data_synth.life.lives import Lives, Status
from data_synth.life.months import days_in, month_index
from data_synth.life.policies import STATUSES
from data_synth.life.rates import by_age

TYPES: tuple[str, ...] = ("property", "violence", "drugs", "traffic", "other")
_SATURDAY = 5  # of a week that begins on Monday, 0
_EPOCH_WEEKDAY = 3  # 1 January 1970 was a Thursday


@dataclass(frozen=True)
class Charges:
    """Charges, by person and then by date; arrays of shape ``(charges,)``.

    Attributes
    ----------
    person, row
        Position of the person and of the month.
    day
        Day of the month from 1.
    weekend
        Whether it is a Saturday or Sunday.
    kind
        Position in ``TYPES``.
    """

    person: IntArray
    row: IntArray
    day: IntArray
    weekend: BoolArray
    kind: IntArray


def make_charges(lives: Lives) -> Charges:
    """Draw charges, at most one a month, of residents.

    They are rarer for women, with age, and in the months of work or enrolment: so a policy that
    moves these moves charges too. A world may make them rarer for recipients under the duty.
    """
    person, row, extra = _charged(lives)
    bounds = np.cumsum(lives.world.charges.types)[:-1]
    kind = np.searchsorted(bounds, extra[0], side="right")
    day = _days(lives, row, kind, extra[1])
    weekend = _weekday(lives, row, day - 1) >= _SATURDAY
    return Charges(person=person, row=row, day=day, weekend=weekend, kind=kind)


def _charged(lives: Lives) -> tuple[IntArray, IntArray, FloatArray]:
    """Return persons and rows of charges, and two further uniform numbers for each."""
    given, persons, draws = lives.world.charges, lives.persons, lives.draws
    profile = by_age(given.men)
    own = np.exp(given.need * persons.need - given.need**2 / 2)
    own *= np.where(persons.female, given.women, 1.0)
    highest = max(given.employed, 1.0) * max(given.student, 1.0)
    highest *= max(given.receiving, 1.0) * max(given.under_duty, 1.0)
    found: list[tuple[IntArray, IntArray, FloatArray]] = []
    since, early = month_index(lives.world.time.first), STATUSES.index("before")
    for row in range(lives.months):
        month = lives.first + row
        trend = np.exp(given.early_adopters * (month - since) / 12.0)
        age = np.maximum(month - persons.birth, 0)
        u = draws.uniform("charge/happens", month)
        # Few can be charged at all: the rest of the sum is theirs alone.
        most = own * profile[age] * (highest * max(trend, 1.0))
        at = np.nonzero((u < most) & (lives.status[row] == Status.IN))[0]
        factor = np.where(lives.employed[row, at] > 0, given.employed, 1.0)
        factor *= np.where(lives.educated[row, at] > 0, given.student, 1.0)
        received = lives.received[row, at] > 0
        factor *= np.where(received, given.receiving, 1.0)
        factor *= np.where(received & (lives.duty[row, at] > 0), given.under_duty, 1.0)
        factor *= np.where(lives.places.status[lives.muni[row, at]] == early, trend, 1.0)
        at = at[u[at] < own[at] * profile[age[at]] * factor]
        further = [draws.uniform(f"charge/{what}", month, at) for what in ("type", "day")]
        found.append((at, np.full(len(at), row), np.array(further)))
    person = np.concatenate([at for at, _, _ in found])
    rows = np.concatenate([row for _, row, _ in found])
    extra = np.concatenate([numbers for _, _, numbers in found], axis=1)
    order = np.lexsort((rows, person))
    return person[order], rows[order], extra[:, order]


def _days(lives: Lives, row: IntArray, kind: IntArray, u: FloatArray) -> IntArray:
    """Draw days of the month; those of some types fall on weekends more often."""
    given = lives.world.charges
    weekend = np.ones(len(TYPES))
    weekend[TYPES.index("violence")] = given.weekend_violence
    weekend[TYPES.index("traffic")] = given.weekend_traffic
    lengths = np.array([days_in(lives.first + month) for month in range(lives.months)])
    day = np.arange(31)
    weekday = _weekday(lives, row[:, None], day)
    weights: NDArray[np.float64] = np.where(weekday >= _SATURDAY, weekend[kind][:, None], 1.0)
    weights = np.where(day < lengths[row][:, None], weights, 0.0)
    total = np.cumsum(weights, axis=1)
    drawn = (total <= (u * total[:, -1])[:, None]).sum(axis=1)
    return np.asarray(1 + np.minimum(drawn, lengths[row] - 1))


def _weekday(lives: Lives, row: IntArray, day: IntArray) -> IntArray:
    """Return the day of the week from 0 for Monday; days of the month count from 0."""
    months = lives.first + np.arange(lives.months)
    starts = (months - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return np.asarray((starts[row] + _EPOCH_WEEKDAY + day) % 7)
