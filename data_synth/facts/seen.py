"""A chunk of lives as the facts see it: a calendar year at a time, each detail made once."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_synth.details.exemptions import exemptions
from data_synth.details.households import Homes, make_homes
from data_synth.details.jobseekers import jobseekers
from data_synth.details.living import Living, make_living
from data_synth.details.main_income import main_income
from data_synth.details.measures import Participation, participation
from data_synth.details.no_other_benefit import no_other_benefit
from data_synth.details.other_benefits import other_benefits
from data_synth.life.draws import BoolArray, IntArray
from data_synth.life.lives import Bytes, Lives, Status
from data_synth.life.persons import Persons

FIRST_YEAR, LAST_YEAR = 2010, 2022  # of the facts


class Seen:
    """The lives of one chunk over the years of the facts."""

    def __init__(self, lives: Lives) -> None:
        self.lives = lives
        self._years: dict[int, Year] = {}

    @property
    def persons(self) -> Persons:
        """Traits of the persons."""
        return self.lives.persons

    @cached_property
    def residents(self) -> BoolArray:
        """Who is resident at the end of 2022, shape ``(n,)``."""
        return np.asarray(self.lives.status[-1] == Status.IN)

    def year(self, year: int) -> Year:
        """Return a calendar year from ``FIRST_YEAR`` to ``LAST_YEAR``."""
        if year not in self._years:
            self._years[year] = Year(self.lives, year)
        return self._years[year]


class Year:
    """A calendar year; arrays of shape ``(12, n)``, or ``(n,)`` where said."""

    def __init__(self, lives: Lives, year: int) -> None:
        self.year = year
        self._row = year * 12 - lives.first
        self.lives = cut(lives, self._row, self._row + 12)
        # Some claims are known by what went before: they are made with the year before.
        self._with_last = cut(lives, max(self._row - 12, 0), self._row + 12)

    @cached_property
    def received(self) -> BoolArray:
        """Receipt of social assistance."""
        return np.asarray(self.lives.received == 1)

    @cached_property
    def recipients(self) -> BoolArray:
        """Who received in some month, shape ``(n,)``."""
        return np.asarray(self.received.any(axis=0))

    @cached_property
    def age(self) -> IntArray:
        """Completed years at the year's end, shape ``(n,)``."""
        return self.year - self.lives.persons.birth // 12

    @cached_property
    def under_30(self) -> BoolArray:
        """Below the age of release at the month's end."""
        month = self.lives.first + np.arange(12)[:, None]
        return np.asarray(month - self.lives.persons.birth < 360)

    @cached_property
    def main(self) -> BoolArray:
        """Receipt as main income."""
        return np.asarray(main_income(self.lives) == 1)

    def at_last(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return values in the last month of receipt, that of the last contact; shape ``(n,)``.

        Those who never received have the value of December.
        """
        last = 11 - np.argmax(self.received[::-1], axis=0)
        return np.asarray(values[last, np.arange(values.shape[1])])

    @cached_property
    def mainly(self) -> BoolArray:
        """Recipients with assistance as main income at the last contact, shape ``(n,)``."""
        return self.at_last(self.main)

    @cached_property
    def measures(self) -> Participation:
        """Measures taken part in."""
        return participation(self.lives)

    @cached_property
    def claims(self) -> Bytes:
        """Benefits beside those that lives depend on."""
        made = other_benefits(self._with_last, participation(self._with_last))
        return made[-12:]

    @cached_property
    def without_others(self) -> BoolArray:
        """Receipt with none of the benefits that count as other benefits."""
        return np.asarray(self.received & (no_other_benefit(self.lives, self.claims) == 1))

    @cached_property
    def living(self) -> Living:
        """What caseworkers note."""
        seeking = jobseekers(self.lives, self.measures, self.claims)
        return make_living(self.lives, self.measures, self.claims, seeking)

    @cached_property
    def homes(self) -> Homes:
        """Family and children at home."""
        return make_homes(self.lives)

    @cached_property
    def exempt(self) -> Bytes:
        """Reasons of exemption."""
        return exemptions(self.lives)

    @cached_property
    def size_class(self) -> Bytes:
        """Size of the municipality lived in, an index into ``SIZE_CLASSES``."""
        return self.lives.places.size_class[self.lives.muni]


def cut(lives: Lives, start: int, stop: int) -> Lives:
    """Return the lives of rows ``start`` to ``stop - 1`` alone."""
    monthly = {
        field.name: getattr(lives, field.name)[start:stop]
        for field in fields(lives)
        if isinstance(getattr(lives, field.name), np.ndarray)
    }
    return replace(lives, first=lives.first + start, **monthly)
