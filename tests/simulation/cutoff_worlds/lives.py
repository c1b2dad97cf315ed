"""Lives near 30: a two-state chain by month of age, in and out of social assistance.

Out of receipt the monthly probability of entry, in receipt that of exit, depends on age, on the
person's type and on whether the month is under the duty, which ends at 30. Types mix linearly, so
that expected stocks and flows by age follow from recursions (``truths.py``): no truth is estimated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

CUTOFF = 360
LAW = 2017
MONTHS = 36  # of the window
DAYS = 30  # of a month


@dataclass(frozen=True)
class Lives:
    """A world.

    Attributes
    ----------
    persons, towns
        How many there are.
    reach
        Months of age on either side of the cutoff that are kept.
    leave
        Monthly probability of exit at the cutoff without the duty, by type.
    duty
        What the duty multiplies exit by.
    enter
        Monthly probability of entry at the cutoff without the duty.
    enter_duty
        What the duty multiplies entry by.
    other
        What another rule that ends at 30 multiplies exit by, at all times.
    before
        Months of the window before the law; with none the duty has always been there.
    slope, enter_slope
        Relative change of exit and of entry a year of age.
    mixing
        How alike municipalities are: the prior persons of the beta distribution from which their
        shares of the first type come.
    condition
        Probability of a condition in a month of receipt, under the duty and without it.
    by_condition
        What a condition adds to the probability of exit.
    """

    persons: int = 3000
    towns: int = 40
    reach: int = 24
    leave: tuple[float, float] = (0.10, 0.20)
    duty: float = 1.4
    enter: float = 0.05
    enter_duty: float = 1.0
    other: float = 1.0
    before: int = 0
    slope: float = 0.10
    enter_slope: float = -0.10
    mixing: float = 8.0
    condition: tuple[float, float] = (0.65, 0.25)
    by_condition: float = 0.0


def exit_at(world: Lives, age: IntArray, duty: FloatArray, other: FloatArray) -> FloatArray:
    """Return exit probabilities by type, shape ``(2, ...)``.

    Parameters
    ----------
    world
        The world.
    age
        Months, of any shape.
    duty, other
        Shares of the month under the duty and under the other rule, of the shape of ``age``.
    """
    relative = _line(world.slope, age) * (1.0 + (world.duty - 1.0) * duty)
    relative = relative * (1.0 + (world.other - 1.0) * other)
    chance = world.condition[1] + (world.condition[0] - world.condition[1]) * duty
    base = np.array(world.leave).reshape(2, *([1] * np.ndim(age)))
    return base * relative + world.by_condition * chance


def entry_at(world: Lives, age: IntArray, duty: FloatArray) -> FloatArray:
    """Return entry probabilities, of the shape of ``age``."""
    return world.enter * _line(world.enter_slope, age) * (1.0 + (world.enter_duty - 1.0) * duty)


def _line(slope: float, age: IntArray) -> FloatArray:
    years = np.clip((np.asarray(age) - CUTOFF) / 12.0, -5.0, 5.0)
    return 1.0 + slope * years


def under(age: IntArray, share: FloatArray | float) -> FloatArray:
    """Return the part of the month below 30, ``share`` in the month of the birthday."""
    return np.where(age < CUTOFF, 1.0, np.where(age == CUTOFF, share, 0.0))


def settled(world: Lives) -> tuple[IntArray, FloatArray]:
    """Return ages and the share of either type that receives, before the window.

    Returns
    -------
    tuple
        Ages, shape ``(a,)``, and shares at the end of each, shape ``(2, a)``.
    """
    ages = np.arange(CUTOFF - world.reach - MONTHS - 240, CUTOFF + world.reach + 1)
    young = under(ages, (DAYS - 1) / 2 / DAYS)
    duty = young * (world.before == 0)
    leave, enter = exit_at(world, ages, duty, young), entry_at(world, ages, duty)
    shares = np.empty((2, len(ages)))
    now = enter[0] / (enter[0] + leave[:, 0])
    for at in range(len(ages)):
        now = now * (1.0 - leave[:, at]) + (1.0 - now) * enter[at]
        shares[:, at] = now
    return ages, shares


def draw(world: Lives, seed: int) -> pd.DataFrame:
    """Return one panel: a row a person and month of age within reach of the cutoff.

    ``receives`` is the stock at the month's end and ``later`` that of twelve months on; ``leaves``
    is missing in months not begun in receipt, ``enters`` in the others. A condition in force moves
    exit where ``by_condition`` says so, whoever demanded it.
    """
    generator = np.random.default_rng(seed)
    n, reach, lead = world.persons, world.reach, 12
    share = generator.beta(world.mixing / 2, world.mixing / 2, world.towns)
    town = generator.integers(0, world.towns, n)
    kind = (generator.random(n) > share[town]).astype(np.int64)
    # Age in the first month of the window, and the part of the birthday's month under 30.
    first = generator.integers(CUTOFF - reach - MONTHS + 1, CUTOFF + reach + 1, n)
    birthday = generator.integers(0, DAYS, n)[:, None] / DAYS
    ages, shares = settled(world)
    state = generator.random(n) < shares[kind, first - 1 - ages[0]]
    age = first[:, None] + np.arange(MONTHS + lead)
    young = under(age, birthday)
    duty = young * (np.arange(MONTHS + lead) >= world.before)
    bare = Lives(**{**vars(world), "by_condition": 0.0})
    leave = np.take_along_axis(exit_at(bare, age, duty, young), kind[None, :, None], 0)[0]
    chance = world.condition[1] + (world.condition[0] - world.condition[1]) * duty
    condition = generator.random(age.shape) < chance
    leave = leave + world.by_condition * condition
    enter = entry_at(world, age, duty)
    u = generator.random(age.shape)
    stock = np.empty((n, age.shape[1] + 1), dtype=bool)
    stock[:, 0] = state
    for t in range(age.shape[1]):
        state = np.where(state, u[:, t] >= leave[:, t], u[:, t] < enter[:, t])
        stock[:, t + 1] = state
    seen = np.zeros(age.shape, dtype=bool)
    seen[:, :MONTHS] = np.abs(age[:, :MONTHS] - CUTOFF) <= reach
    person, month = np.nonzero(seen)
    began, ends = stock[:, :-1][seen], stock[:, 1:][seen]
    count = month - world.before
    return pd.DataFrame(
        {
            "person": person,
            "town": town[person],
            "ym": 100 * (LAW + count // 12) + count % 12 + 1,
            "age_months": age[seen],
            "exposure": young[seen],
            "condition": np.where(began, condition[seen], np.nan),
            "receives": ends.astype(float),
            "later": stock[person, month + 1 + lead].astype(float),
            "leaves": np.where(began, ~ends, np.nan),
            "enters": np.where(began, np.nan, ends),
        }
    )
