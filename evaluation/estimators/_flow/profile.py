"""Months around the cutoff, one by one, against the other side's polynomial carried on."""

from __future__ import annotations

from dataclasses import dataclass

from evaluation.estimators._flow.followed import Followed
from evaluation.estimators._flow.numbers import Number, Series, Sides, mean_at


@dataclass(frozen=True)
class Month:
    """One month of a profile.

    Attributes
    ----------
    month
        Months since the cutoff, negative before it.
    number
        Treated less untreated: one of the two is the month's mean, the other the polynomial of
        the other side there.
    """

    month: int
    number: Number


def profile_of(
    followed: Followed, series: Series, sides: Sides, months: int, sign: int
) -> tuple[Month, ...]:
    """Return the months of a profile, those inside the donut left out.

    Parameters
    ----------
    followed
        Persons at P months.
    series
        What is followed.
    sides
        Its polynomials.
    months
        How many on either side.
    sign
        1 where the treated side lies above the cutoff, -1 where below.
    """
    found = []
    for place, x in enumerate(followed.x):
        month = round(float(x))
        if not 0 < abs(month) <= months:
            continue
        other = "below" if month > 0 else "above"
        beyond = mean_at(followed, series, place).less(sides.at(other, float(x)))
        found.append(Month(month, beyond.times(sign if month > 0 else -sign)))
    return tuple(found)
