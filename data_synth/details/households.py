"""Homes: parents, partners and children, as they stood in each month."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from data_synth.details.renewed import renewed
from data_synth.life.draws import BoolArray, FloatArray, IntArray
from data_synth.life.lives import Bytes, Lives
from data_synth.life.persons import NEVER

_CHILDHOOD = 18 * 12
_AT_MOST = 3  # children


class Family(IntEnum):
    """Family type, in the world's own coding."""

    ALONE = 1
    COUPLE = 2  # no children under 18 at home
    COUPLE_WITH_CHILDREN = 3
    SINGLE_PARENT = 4
    WITH_PARENTS = 5


@dataclass(frozen=True)
class Homes:
    """Arrays of shape ``(months, n)``, whether or not the person is in the data.

    Attributes
    ----------
    family
        ``Family``.
    children
        Own children under 18 at home.
    number
        Homes so far: rises when the person leaves home, moves in with a partner or apart.
    """

    family: Bytes
    children: Bytes
    number: Bytes


@dataclass(frozen=True)
class _Course:
    """Month indices of a life at home, arrays of shape ``(n,)``; ``NEVER`` for none.

    ``births`` has shape ``(_AT_MOST, n)``; ``keeps`` tells with whom children stay.
    """

    left: IntArray
    partner: IntArray
    apart: IntArray
    again: IntArray
    births: IntArray
    keeps: BoolArray


def make_homes(lives: Lives) -> Homes:
    """Return the homes of persons month by month.

    A life at home is drawn whole, in dates, so that it is the same whatever months are kept. It
    depends on the person's need and on nothing that a policy moves. Partners are not persons of
    the data: nobody shares a home with anybody else in it.
    """
    course = _draw_course(lives)
    month = (lives.first + np.arange(lives.months))[:, None]
    couple = (month >= course.partner) & (month < course.apart) | (month >= course.again)
    with_them = course.keeps | (month < course.apart)
    children = np.zeros(couple.shape, dtype=np.int8)
    for born in course.births:
        children += (month >= born) & (month < born + _CHILDHOOD) & with_them
    family = np.where(month >= course.left, Family.ALONE, Family.WITH_PARENTS)
    family = np.where(couple, Family.COUPLE, family)
    parents = np.where(couple, Family.COUPLE_WITH_CHILDREN, Family.SINGLE_PARENT)
    number = (month >= course.left).astype(np.int8)
    for event in (course.partner, course.apart, course.again):
        number += month >= event
    return Homes(
        family=np.where(children > 0, parents, family).astype(np.int8),
        children=children,
        number=number,
    )


def household_numbers(lives: Lives, number: NDArray[np.int8], person: IntArray) -> IntArray:
    """Return 48-bit numbers of households that say nothing of who lives there.

    Parameters
    ----------
    number
        The person's count of homes, shape ``(rows,)``.
    person
        Position of the person, shape ``(rows,)``.
    """
    own = lives.draws.uniform("home/number")[person]
    return (renewed(own, number) * 2.0**48).astype(np.int64)


def _draw_course(lives: Lives) -> _Course:
    given, persons, draws = lives.world.households, lives.persons, lives.draws

    def wait(purpose: str, years: float) -> FloatArray:
        return np.asarray(-12.0 * years * np.log1p(-draws.uniform(f"home/{purpose}")))

    mean = given.home_left_mean - given.home_left_from
    left = persons.birth + (12.0 * given.home_left_from + wait("left", mean)).astype(np.int64)
    grown = persons.birth + int(12 * given.partner_from)
    # Those who come to the country as adults have left their parents, and partner from then on.
    abroad = persons.immigrant & (persons.arrival > grown)
    left = np.where(abroad, np.minimum(left, persons.arrival), left)
    years = np.where(persons.female, given.partner_wait_women, given.partner_wait_men)
    late = -12.0 * years * np.log1p(-_late(lives))
    partner = grown + late.astype(np.int64)
    lasts = wait("apart", given.partnership_years) * np.exp(given.partnership_need * persons.need)
    apart = partner + 1 + np.minimum(lasts, float(NEVER)).astype(np.int64)
    again = apart + 1 + wait("again", given.repartner_years).astype(np.int64)
    stays = np.where(persons.female, given.single_parent_women, given.single_parent_men)
    return _Course(
        left=np.minimum(left, partner),
        partner=partner,
        apart=apart,
        again=again,
        births=_births(lives, partner, apart),
        keeps=draws.uniform("home/keeps") < stays,
    )


def _late(lives: Lives) -> FloatArray:
    """Return uniform numbers, below 1, that rise with need: how late a partner comes."""
    from scipy.special import ndtr

    tie = lives.world.households.partner_need
    score = tie * lives.persons.need + np.sqrt(1.0 - tie**2) * lives.draws.normal("home/partner")
    return np.minimum(np.asarray(ndtr(score), dtype=np.float64), 1.0 - 2.0**-53)


def _births(lives: Lives, partner: IntArray, apart: IntArray) -> IntArray:
    given, draws = lives.world.households, lives.draws
    shares = (1.0, given.second_child, given.third_child)
    latest = lives.persons.birth + int(12 * given.oldest_parent)
    # The children of some mothers need no father at home.
    lone = lives.persons.female & (draws.uniform("home/lone") < given.lone_mothers)
    together = np.where(lone, NEVER, apart)
    born, births = partner.astype(np.float64), []
    for k, share in enumerate(shares):
        years = given.child_wait if k == 0 else given.child_spacing
        born = born + 10.0 - 12.0 * years * np.log1p(-draws.uniform("home/child", k))
        ever = draws.uniform("home/parent", k) < share
        born = np.where(ever & (born < together) & (born <= latest), born, float(NEVER))
        births.append(born.astype(np.int64))
    return np.array(births)
