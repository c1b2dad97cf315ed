"""Offices: whom they serve, what they offer, ask and employ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_synth.life.draws import BoolArray, Draws, FloatArray, IntArray
from data_synth.life.months import month_index
from data_synth.life.persons import NEVER
from data_synth.places.codes import county_of_units
from data_synth.places.dealing import choose, spread
from data_synth.places.sizes import CLASS_OF_QUARTER
from data_synth.world.schema import World

PROVISIONS = ("broad_centre", "specialised", "none")
STRATEGIES = ("turn_at_door", "job_centre", "work_team")
AIMS = ("work", "qualification", "integration")
OPERATORS = ("none", "office", "other_unit")
_NO_CENTRE = PROVISIONS.index("none")
_MEASURES = np.array([[0, 0], [1, 1], [2, 5], [6, 9]])  # from and to, by kind of the world file


@dataclass(frozen=True)
class Offices:
    """Arrays of shape ``(o,)`` in the order of the municipalities served.

    Attributes
    ----------
    ids
        Opaque codes.
    provision, strategy, aim, operator
        Indices into ``PROVISIONS``, ``STRATEGIES``, ``AIMS`` and, of the most used municipal
        measure, ``OPERATORS``.
    opened
        Month index from which the centre is open; ``NEVER`` where there is none.
    strict
        Whether sanctions are strict.
    hours
        Mean hours a week of activity asked.
    youth_unit, refugee_unit, dedicated_staff
        Whether the office has them.
    fte
        Staff, full-time equivalents.
    municipal_measures
        Number of municipal measures.
    valid_from, valid_to
        First and last month index; ``NEVER`` for no last.
    """

    ids: tuple[str, ...]
    provision: NDArray[np.int8]
    opened: IntArray
    strategy: NDArray[np.int8]
    aim: NDArray[np.int8]
    strict: BoolArray
    hours: FloatArray
    youth_unit: BoolArray
    refugee_unit: BoolArray
    dedicated_staff: BoolArray
    operator: NDArray[np.int8]
    fte: FloatArray
    municipal_measures: NDArray[np.int8]
    valid_from: IntArray
    valid_to: IntArray


def serve_municipalities(
    world: World, share: FloatArray, quarter: NDArray[np.int8]
) -> tuple[IntArray, IntArray]:
    """Return each municipality's first office and number of offices, shape ``(m,)``.

    The largest has an office a district. Some small ones, next to each other in the order of
    codes and in one county, share an office; then both have it as their only one.
    """
    given, count = world.offices, len(share)
    offices = np.ones(count, dtype=np.int64)
    offices[int(np.argmax(share))] = given.districts
    small, county = np.flatnonzero(quarter == 0), county_of_units(count)
    left, right = small[:-1:2], small[1::2]
    able = county[left] == county[right]
    left, right = left[able], right[able]
    draws = Draws(world.municipalities.seed, np.arange(len(left))).uniform("offices/shared")
    chosen = np.argsort(draws, kind="stable")[: round(given.shared * len(small) / 2)]
    guests, hosts = right[chosen], left[chosen]
    own = offices.copy()
    own[guests] = 0
    first = np.cumsum(own) - own
    first[guests] = first[hosts]
    return first, offices


def make_offices(
    world: World, first: IntArray, offices: IntArray, quarter: NDArray[np.int8]
) -> Offices:
    """Make the offices that ``serve_municipalities`` gave, of municipalities of these sizes."""
    given = world.offices
    count = int((first + offices).max())
    draws = Draws(world.municipalities.seed, np.arange(count))
    size = np.zeros(count, dtype=np.int8)
    for start, number, of in zip(first, offices, quarter, strict=True):
        size[start : start + number] = np.maximum(size[start : start + number], of)

    def even(purpose: str) -> FloatArray:
        return spread(draws.uniform(f"offices/{purpose}"))

    provision = choose(even("provision"), given.provision).astype(np.int8)
    measures = _measures(world, size, draws)
    mean_fte = np.array(given.fte)[size]
    operated = np.array([given.operated_small, given.operated_medium, given.operated_large])
    by_office = even("operator") < operated[CLASS_OF_QUARTER[size]]
    hours = given.hours_low + (given.hours_high - given.hours_low) * even("hours")
    return Offices(
        ids=tuple(f"N{i + 1:04d}" for i in range(count)),
        provision=provision,
        opened=_opened(world, provision, draws),
        strategy=choose(even("strategy"), given.strategy).astype(np.int8),
        aim=choose(even("aim"), given.aim).astype(np.int8),
        strict=even("strict") < given.strict,
        hours=np.round(2.0 * hours) / 2.0,
        youth_unit=even("youth_unit") < given.youth_unit,
        refugee_unit=even("refugee_unit") < given.refugee_unit,
        dedicated_staff=even("dedicated_staff") < given.dedicated_staff,
        operator=np.where(measures == 0, 0, np.where(by_office, 1, 2)).astype(np.int8),
        fte=np.round(mean_fte * (1.0 + given.fte_spread * (2.0 * even("fte") - 1.0)), 1),
        municipal_measures=measures,
        valid_from=np.full(count, month_index(world.time.first)),
        valid_to=np.full(count, NEVER),
    )


def _opened(world: World, provision: NDArray[np.int8], draws: Draws) -> IntArray:
    given = world.offices
    opened = np.full(len(provision), month_index(world.time.start))
    centre = provision != _NO_CENTRE
    if given.opened_first is not None and given.opened_last is not None and centre.any():
        first, last = month_index(given.opened_first), month_index(given.opened_last)
        even = spread(draws.uniform("offices/opened")[centre])
        opened[centre] = first + np.floor(even * (last - first + 1)).astype(np.int64)
    return np.where(centre, opened, NEVER)


def _measures(world: World, size: NDArray[np.int8], draws: Draws) -> NDArray[np.int8]:
    """Return the number of measures; shares of each size hold in number."""
    given = world.offices
    number = np.zeros(len(size), dtype=np.int8)
    kind_draw, within = draws.uniform("offices/measures"), draws.uniform("offices/measures_number")
    shares = (given.measures_small, given.measures_medium, given.measures_large)
    for size_class, of_class in enumerate(shares):
        rows = np.flatnonzero(CLASS_OF_QUARTER[size] == size_class)
        if not len(rows):
            continue
        low, high = _MEASURES[choose(spread(kind_draw[rows]), of_class)].T
        number[rows] = low + np.floor(within[rows] * (high - low + 1)).astype(np.int8)
    return number
