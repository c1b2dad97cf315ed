"""Labour market measures: state, municipal and voluntary."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from data_synth.details.keyed import uniform_at
from data_synth.details.main_income import main_income
from data_synth.life.draws import FloatArray, IntArray
from data_synth.life.lives import Benefit, Bytes, Lives, Status
from data_synth.places.serving import office_of

_SUMMER = (6, 7)  # calendar months in which few courses are held


class Provider(IntEnum):
    """Who provides a measure; of several, the first."""

    NONE = 0
    STATE = 1
    MUNICIPAL = 2
    VOLUNTARY = 3


class Measure(IntEnum):
    """What a measure is."""

    NONE = 0
    COURSE = 1
    WORK_TRAINING = 2
    FOLLOW_UP = 3


@dataclass(frozen=True)
class Participation:
    """Measures in which persons take part, shape ``(months, n)``.

    Attributes
    ----------
    provider
        ``Provider``.
    measure
        ``Measure``: not ``NONE`` exactly where the provider is not.
    """

    provider: Bytes
    measure: Bytes


def participation(lives: Lives) -> Participation:
    """Return who takes part in which measure.

    Time is cut into stretches of ``[measures] months``, which begin in another month for every
    person; who is drawn for a stretch takes part for as long as it lasts and state permits.
    Recipients for whom social assistance is the main income are offered measures of every
    provider; others without work, and those on work assessment allowance, measures of the state;
    and those on any other benefit none.
    """
    given = lives.world.measures
    able = lives.benefit <= Benefit.AAP
    main = (main_income(lives) == 1) & able
    provider = np.zeros_like(lives.received)
    measure = np.zeros_like(lives.received)
    free = (lives.status == Status.IN) & (lives.employed == 0) & (lives.educated == 0)
    others = free & ~main & able
    row, at = np.nonzero(main | others)
    as_main = main[row, at]
    shift = (lives.draws.uniform("measure/shift") * given.months).astype(np.int64)
    stretch = (lives.first + row + shift[at]) // given.months
    taken = np.zeros(len(row), dtype=np.int8)
    state = np.where(as_main, given.state, given.state_others)
    taken[_drawn(lives, Provider.STATE, stretch, at, state)] = Provider.STATE
    inner = np.nonzero(as_main & (taken == 0))[0]
    for kind, chance in (
        (Provider.MUNICIPAL, _municipal(lives, row[inner], at[inner])),
        (Provider.VOLUNTARY, np.full(len(inner), given.voluntary)),
    ):
        drawn = inner[_drawn(lives, kind, stretch[inner], at[inner], chance)]
        taken[drawn[taken[drawn] == 0]] = kind
    on = np.nonzero(taken)[0]
    row, at, stretch, taken = row[on], at[on], stretch[on], taken[on]
    content = _content(lives, stretch, at)
    month = (lives.first + row) % 12 + 1
    resting = (content == Measure.COURSE) & np.isin(month, _SUMMER)
    resting &= uniform_at(lives.draws, "measure/summer", stretch, at) >= given.summer
    row, at, taken, content = (values[~resting] for values in (row, at, taken, content))
    provider[row, at], measure[row, at] = taken, content
    return Participation(provider, measure)


def _drawn(
    lives: Lives, kind: Provider, stretch: IntArray, at: IntArray, chance: FloatArray
) -> NDArray[np.bool_]:
    u = uniform_at(lives.draws, f"measure/{kind.name.lower()}", stretch, at)
    return np.asarray(u < chance)


def _municipal(lives: Lives, row: IntArray, at: IntArray) -> FloatArray:
    """Return the chance of a municipal measure: by how many the office has, up to a most."""
    given = lives.world.measures
    office = office_of(lives.places, lives.muni[row, at], lives.persons.district[at])
    offered = lives.places.offices.municipal_measures[office]
    return np.asarray(np.minimum(offered * given.municipal, given.municipal_most))


def _content(lives: Lives, stretch: IntArray, at: IntArray) -> NDArray[np.int8]:
    share = lives.world.measures.course_share
    u = uniform_at(lives.draws, "measure/kind", stretch, at)
    half = share + (1.0 - share) / 2.0  # the other kinds are equally common
    kind = np.where(u < half, Measure.WORK_TRAINING, Measure.FOLLOW_UP)
    return np.where(u < share, Measure.COURSE, kind).astype(np.int8)
