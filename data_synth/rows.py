"""The observed rows of a chunk of lives, column by column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_synth.draws import BoolArray, IntArray
from data_synth.exposure import exposure_share
from data_synth.months import days_in, ym_of
from data_synth.municipalities import Municipalities
from data_synth.simulate import Lives
from data_synth.world import World

Values = NDArray[Any]


@dataclass(frozen=True)
class Rows:
    """The observed rows of a chunk, by person and month.

    ``person`` and ``month`` have shape ``(rows,)`` and give positions within the chunk and the
    window; ``seen`` has shape ``(persons, months)``.
    """

    lives: Lives
    municipalities: Municipalities
    seen: BoolArray
    person: IntArray
    month: IntArray
    first_person: int
    first_month: int
    release: int

    def fixed(self, values: Values) -> Values:
        """Spread values a person, shape ``(persons,)``, over the rows."""
        return values[self.person]

    def place(self, values: Values) -> Values:
        """Spread values a municipality over the rows."""
        return values[self.lives.persons.muni][self.person]

    def monthly(self, values: Values) -> Values:
        """Take values by month and person, shape ``(months, persons)``, at the rows."""
        return np.ascontiguousarray(values.T)[self.seen]

    def dated(self, of: Callable[[int], int]) -> IntArray:
        """Spread a function of the month over the rows."""
        months = range(self.first_month, self.first_month + self.seen.shape[1])
        return np.array([of(month) for month in months], dtype=np.int64)[self.month]

    def age(self) -> IntArray:
        """Return completed months at the month's end."""
        return self.first_month + self.month - self.lives.persons.birth[self.person]

    def flow(self, began: bool) -> Values:
        """Return entries (``began``) or exits, missing outside the rows at risk."""
        before = self.monthly(self.lives.received_before)
        now = self.monthly(self.lives.received)
        at_risk, event = (before == 0, now == 1) if began else (before == 1, now == 0)
        return np.where(at_risk, event, np.nan).astype(np.float32)


MAKERS: Mapping[str, Callable[[Rows], Values]] = {
    "person_id": lambda r: (r.person + r.first_person).astype(np.int64),
    "ym": lambda r: r.dated(ym_of).astype(np.int32),
    "birth_ym": lambda r: r.fixed(_yms(r.lives.persons.birth)),
    "age_months": lambda r: r.age().astype(np.int16),
    "exposure_share": lambda r: exposure_share(
        r.age(), r.fixed(r.lives.persons.birth_day), r.dated(days_in), r.release
    ),
    "muni_h": lambda r: r.fixed(r.lives.persons.muni).astype(np.int16),
    "adopted_ym": lambda r: r.place(_yms(r.municipalities.adopted)),
    "adoption_status": lambda r: r.place(r.municipalities.status).astype(np.int8),
    "low_prior_use": lambda r: r.place(r.municipalities.low_prior_use).astype(np.int8),
    "female": lambda r: r.fixed(r.lives.persons.female).astype(np.int8),
    "immigrant": lambda r: r.fixed(r.lives.persons.immigrant).astype(np.int8),
    "resident": lambda r: np.ones(len(r.person), dtype=np.int8),
    "sa_received": lambda r: r.monthly(r.lives.received),
    "sa_nok": lambda r: r.monthly(r.lives.sa_nok),
    "employed": lambda r: r.monthly(r.lives.employed),
    "in_education": lambda r: r.monthly(r.lives.educated),
    "condition_imposed": lambda r: r.monthly(r.lives.condition_imposed),
    "duty_months": lambda r: r.monthly(r.lives.duty_months),
    "sa_entry": lambda r: r.flow(began=True),
    "sa_exit": lambda r: r.flow(began=False),
    "obs_status": lambda r: np.zeros(len(r.person), dtype=np.int8),
}


def take_rows(
    world: World,
    municipalities: Municipalities,
    lives: Lives,
    first_person: int,
    first: int,
    last: int,
) -> Rows:
    """Select the months in which persons are of an observed age."""
    age = np.arange(first, last + 1) - lives.persons.birth[:, None]
    seen = (age >= world.ages.observed_from * 12) & (age < (world.ages.observed_to + 1) * 12)
    person, month = np.nonzero(seen)
    return Rows(
        lives=lives,
        municipalities=municipalities,
        seen=seen,
        person=person,
        month=month,
        first_person=first_person,
        first_month=first,
        release=world.ages.released_at * 12,
    )


def _yms(months: IntArray) -> NDArray[np.int32]:
    return (months // 12 * 100 + months % 12 + 1).astype(np.int32)
