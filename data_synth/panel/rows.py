"""The observed rows of a chunk of lives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_synth.details.charges import Charges, make_charges
from data_synth.life.draws import IntArray
from data_synth.life.lives import Lives, Status
from data_synth.panel.transpose import by_person

Values = NDArray[Any]


@dataclass(frozen=True)
class Rows:
    """The observed rows of a chunk, by person and month; all arrays have shape ``(rows,)``.

    Attributes
    ----------
    lives
        What the persons went through.
    recorded
        Whether columns hold what registers recorded, or what was.
    person, month
        Positions of person and month in the arrays of ``lives``.
    index
        Position in those arrays, transposed and flattened.
    """

    lives: Lives
    recorded: bool
    person: IntArray
    month: IntArray
    index: IntArray

    def __len__(self) -> int:
        return len(self.person)

    @cached_property
    def charges(self) -> Charges:
        """Charges of the chunk, drawn once for all columns that count them."""
        return make_charges(self.lives)

    def fixed(self, values: Values) -> Values:
        """Spread values a person, shape ``(n,)``, over the rows."""
        return values[self.person]

    def place(self, values: Values) -> Values:
        """Spread values a municipality over the rows, by frozen residence."""
        return values[self.lives.persons.muni][self.person]

    def monthly(self, values: Values) -> Values:
        """Take values by month and person, shape ``(months, n)``, at the rows."""
        return by_person(values).reshape(-1).take(self.index)

    def dated(self, of: Callable[[int], int]) -> IntArray:
        """Spread a function of the month index over the rows."""
        months = range(self.lives.first, self.lives.first + self.lives.months)
        return np.array([of(month) for month in months], dtype=np.int64)[self.month]

    def age(self) -> IntArray:
        """Return completed months at the month's end."""
        return (self.lives.first + self.month) - self.lives.persons.birth[self.person]


def take_rows(lives: Lives, ages: tuple[int, int], *, recorded: bool = True) -> Rows:
    """Select the months in which persons are in the data and of ``ages``.

    Parameters
    ----------
    ages
        Completed years, inclusive.
    recorded
        Whether columns are to hold what registers recorded; else what was.
    """
    low, high = ages[0] * 12, (ages[1] + 1) * 12
    age = np.arange(lives.first, lives.first + lives.months) - lives.persons.birth[:, None]
    seen = by_person(lives.status) == Status.IN
    seen &= (age >= low) & (age < high)
    index = np.flatnonzero(seen)
    person, month = np.divmod(index, lives.months)
    return Rows(lives=lives, recorded=recorded, person=person, month=month, index=index)
