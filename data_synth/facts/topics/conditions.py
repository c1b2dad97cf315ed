"""Conditions, exemptions and sanctions of those with assistance as main income.

A tenth is asked, as probabilities are set in the world file and what is left is who lives where; a
fifth in smaller municipalities, where fewer are counted.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from data_synth.details.exemptions import HEALTH
from data_synth.details.sanctions import sanctions
from data_synth.facts.fact import Fact
from data_synth.facts.kinds import PERCENT, Ratio, Settled
from data_synth.facts.seen import Seen
from data_synth.facts.tally import Pair
from data_synth.life.content import LEAST_HOURS, MOST_HOURS, activity_hours
from data_synth.life.draws import BoolArray
from data_synth.life.lives import Bytes
from data_synth.places.layout import make_places
from data_synth.places.sizes import SIZE_CLASSES
from data_synth.world.schema import World

_LARGE = SIZE_CLASSES.index("large")


def _with_condition(young: bool) -> Callable[[Seen], Pair]:
    def pair(seen: Seen) -> Pair:
        year = seen.year(2022)
        counted = year.main & year.under_30 if young else year.main
        return (counted & (year.lives.condition == 1)).sum(axis=0), counted.sum(axis=0)

    return pair


def _exempt(where: Callable[[Bytes], BoolArray]) -> Callable[[Seen], Pair]:
    def pair(seen: Seen) -> Pair:
        year = seen.year(2022)
        counted = year.main & year.under_30 & where(year.size_class)
        return (counted & (year.exempt > 0)).sum(axis=0), counted.sum(axis=0)

    return pair


def _for_health(seen: Seen) -> Pair:
    year = seen.year(2022)
    exempt = year.main & (year.exempt > 0)
    return (exempt & (year.exempt == HEALTH)).sum(axis=0), exempt.sum(axis=0)


def _sanctioned(seen: Seen) -> Pair:
    year = seen.year(2022)
    with_condition = year.received & (year.lives.condition == 1)
    return (sanctions(year.lives) > 0).sum(axis=0), with_condition.sum(axis=0)


def _hours(world: World, effort: float) -> np.ndarray:
    hours = make_places(world).offices.hours
    return activity_hours(hours, np.full(len(hours), effort))


FACTS = (
    Fact(
        id="condition_all_ages",
        text="With a condition, main income, all ages",
        year="2022",
        unit="%",
        source="OE Fig 7-1",
        kind=Ratio(_with_condition(young=False), PERCENT),
        published=57.0,
        tolerance=0.10,
    ),
    Fact(
        id="condition_under_30",
        text="With a condition, main income, under 30",
        year="2022",
        unit="%",
        source="OE Fig 7-1",
        kind=Ratio(_with_condition(young=True), PERCENT),
        published=65.0,
        tolerance=0.10,
    ),
    Fact(
        id="exempt_large",
        text="Exempt under 30, main income, large municipalities",
        year="2022",
        unit="%",
        source="OE Fig 7-2",
        kind=Ratio(_exempt(lambda size: size == _LARGE), PERCENT),
        published=40.0,
        tolerance=0.10,
    ),
    Fact(
        id="exempt_smaller",
        text="Exempt under 30, main income, smaller municipalities",
        year="2022",
        unit="%",
        source="OE Fig 7-2",
        kind=Ratio(_exempt(lambda size: size < _LARGE), PERCENT),
        published=20.0,
        tolerance=0.20,
        said="about 20",
    ),
    Fact(
        id="exempt_for_health",
        text="Health or social situation among reasons of exemption",
        year="2022",
        unit="%",
        source="OE 7.3",
        kind=Ratio(_for_health, PERCENT),
        said="95 % of offices name it",
        bounds=(50.0, None),
        note="the source counts offices, the world exemptions: it must be the main reason",
    ),
    Fact(
        id="sanctioned",
        text="Months with a condition in which a broken one is sanctioned",
        year="2022",
        unit="%",
        source="OE 7",
        kind=Ratio(_sanctioned, PERCENT),
        said="rarely used",
        bounds=(0.0, 5.0),
        note="at most one in twenty is read as rare",
    ),
    Fact(
        id="least_hours",
        text="Hours a week of activity, fewest",
        year="2022",
        unit="hours",
        source="OE 7",
        kind=Settled(lambda world: float(_hours(world, 0.0).min())),
        published=LEAST_HOURS,
        note="two hours on three days",
    ),
    Fact(
        id="most_hours",
        text="Hours a week of activity, most",
        year="2022",
        unit="hours",
        source="OE 7",
        kind=Settled(lambda world: float(_hours(world, 1.0).max())),
        published=MOST_HOURS,
        note="eight hours on four days",
    ),
)
