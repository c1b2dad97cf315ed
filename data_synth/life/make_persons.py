"""Draw persons: when they are born, come, move, leave and die, and who they are."""

from __future__ import annotations

import numpy as np

from data_synth.life.draws import BoolArray, Draws, FloatArray, IntArray
from data_synth.life.months import days_in, month_index
from data_synth.life.persons import COHORT_STEP, NEVER, Group, Persons
from data_synth.life.plan import Chunk
from data_synth.life.rates import OLDEST, by_age
from data_synth.places.layout import Places
from data_synth.world.schema import World
from data_synth.world.types import AgeRate, Knots

MOVES = 3  # more moves than this in the months simulated are rare
_PROGRAMME_FIRST_YEAR = 2004  # the Introduction Act came into force in September 2004
_PROGRAMME_AGES = (18 * 12, 55 * 12)  # months; whom it entitles and obliges


def make_persons(world: World, places: Places, chunk: Chunk, draws: Draws) -> Persons:
    """Draw the fixed traits and policy-free events of the persons of ``chunk``."""
    year = chunk.numbers // COHORT_STEP
    birth, day = _births(world, year, draws)
    immigrant = draws.uniform("immigrant") < _at(world.cohorts.immigrant_share, year)
    group = _groups(world, immigrant, draws)
    arrival, inflow = _arrivals(world, birth, group, draws)
    refugee, programme_from, programme_to = _programme(world, birth, group, arrival, inflow, draws)
    start = np.maximum(arrival, birth + world.ages.youngest * 12)
    death = _event(world.residence.death, birth, start, draws.uniform("death"))
    emigration, homecoming = _abroad(world, birth, start, death, immigrant, draws)
    moves, moved_to, origin, muni = _moves(world, places, birth, start, draws)
    female = draws.uniform("female") < world.cohorts.female_share
    welfare = ~immigrant & (draws.uniform("child_welfare") < world.traits.child_welfare_share)
    ability = draws.normal("ability") + world.traits.child_welfare_ability * welfare
    link = world.traits.ability_in_need
    need = link * ability + np.sqrt(1.0 - link**2) * draws.normal("need")
    work, receipt, sd = world.employment, world.receipt, world.grant.log_sd
    by_group = np.array([1.0, receipt.enter_west, receipt.enter_eastern_eu, receipt.enter_other])
    return Persons(
        number=chunk.numbers,
        birth=birth,
        birth_day=day,
        female=female,
        immigrant=immigrant,
        refugee=refugee,
        child_welfare=welfare,
        group=group,
        arrival=arrival,
        death=death,
        emigration=emigration,
        homecoming=homecoming,
        programme_from=programme_from,
        programme_to=programme_to,
        origin=origin,
        muni=muni,
        moves=moves,
        moved_to=moved_to,
        district=draws.uniform("district"),
        ability=ability,
        need=need,
        effort=draws.uniform("effort"),
        grant=np.exp(sd * draws.normal("grant") - sd**2 / 2),
        condition=draws.uniform("condition"),
        find=np.exp(work.ability_find * ability)
        * np.where(female, work.find_female, 1.0)
        * np.where(immigrant, work.find_immigrant, 1.0)
        * places.employment[muni],
        lose=np.exp(work.ability_lose * ability),
        enrol=np.exp(world.education.ability * ability) * places.education[muni],
        enter=np.exp(receipt.enter_need * need - receipt.enter_need**2 / 2)
        * by_group[group]
        * places.receipt[muni],
        leave=np.exp(world.exit.need * need) * np.where(immigrant, world.exit.immigrant, 1.0),
        ill=np.exp(world.benefits.aap_need * need - world.benefits.aap_need**2 / 2),
    )


def _births(world: World, year: IntArray, draws: Draws) -> tuple[IntArray, IntArray]:
    """Draw month and day; more are born around ``births_peak``."""
    angle = 2.0 * np.pi * (np.arange(1, 13) - world.cohorts.births_peak) / 12.0
    season = 1.0 + world.cohorts.births_season * np.cos(angle)
    u, u_day = draws.uniform("birth"), draws.uniform("birth_day")
    month, day = np.zeros_like(year), np.zeros_like(year)
    for one in np.unique(year):
        at = year == one
        lengths = np.array([days_in(int(one) * 12 + k) for k in range(12)])
        bounds = np.cumsum(lengths * season / (lengths * season).sum())[:-1]
        month[at] = np.searchsorted(bounds, u[at], side="right")
        day[at] = 1 + (u_day[at] * lengths[month[at]]).astype(np.int64)
    return year * 12 + month, day


def _at(knots: Knots, year: IntArray) -> FloatArray:
    years, values = zip(*knots, strict=True)
    return np.asarray(np.interp(year, years, values))


def _groups(world: World, immigrant: BoolArray, draws: Draws) -> np.ndarray:
    bounds = np.cumsum(world.cohorts.immigrant_groups)[:-1]
    kind = 1 + np.searchsorted(bounds, draws.uniform("group"), side="right")
    return np.where(immigrant, kind, Group.NORWAY).astype(np.int8)


def _arrivals(
    world: World, birth: IntArray, group: np.ndarray, draws: Draws
) -> tuple[IntArray, BoolArray]:
    """Return the month of arrival, birth for the others, and who came with the inflow."""
    given = world.arrivals
    u = draws.uniform("arrival/age")
    child = draws.uniform("arrival/child") < given.child_share
    as_adult = 216.0 - 12.0 * (given.adult_age_mean - 18.0) * np.log1p(-u)
    age = np.where(child, u * 216.0, as_adult).astype(np.int64)
    arrival = np.where(group == Group.NORWAY, birth, birth + age)
    inflow = (group == Group.OTHER) & (draws.uniform("arrival/inflow") < given.inflow_share)
    month = given.inflow_year * 12 + 2 + (draws.uniform("arrival/month") * 10).astype(np.int64)
    inflow &= month > birth
    return np.where(inflow, month, arrival), inflow


def _programme(
    world: World,
    birth: IntArray,
    group: np.ndarray,
    arrival: IntArray,
    inflow: BoolArray,
    draws: Draws,
) -> tuple[BoolArray, IntArray, IntArray]:
    given = world.arrivals
    youngest, oldest = _PROGRAMME_AGES
    fled = (group == Group.OTHER) & (draws.uniform("refugee") < given.refugee_share)
    wait = 1 + (draws.uniform("programme/wait") * 2 * given.programme_wait_months).astype(np.int64)
    first = arrival + wait
    age = first - birth
    refugee = (fled | inflow) & (age >= youngest) & (age < oldest)
    refugee &= arrival >= _PROGRAMME_FIRST_YEAR * 12
    return (
        refugee,
        np.where(refugee, first, NEVER),
        np.where(refugee, first + given.programme_months - 1, NEVER),
    )


def _event(rate: AgeRate, birth: IntArray, start: IntArray, u: FloatArray) -> IntArray:
    """Return the month of an event with hazard ``rate`` from ``start`` on; inverse transform."""
    return _when(rate, birth, start, -np.log1p(-u))


def _when(rate: AgeRate, birth: IntArray, start: IntArray, waited: FloatArray) -> IntArray:
    total = np.concatenate([[0.0], np.cumsum(by_age(rate))])
    begin = np.clip(start - birth, 0, OLDEST)
    age = np.searchsorted(total, total[begin] + waited, side="left")
    return np.where(age > OLDEST, NEVER, birth + age)


def _abroad(
    world: World,
    birth: IntArray,
    start: IntArray,
    death: IntArray,
    immigrant: BoolArray,
    draws: Draws,
) -> tuple[IntArray, IntArray]:
    given = world.residence
    factor = np.where(immigrant, given.emigration_immigrant, 1.0)
    waited = np.full(len(birth), np.inf)
    np.divide(-np.log1p(-draws.uniform("emigration")), factor, out=waited, where=factor > 0)
    left = _when(given.emigration, birth, start, waited)
    left = np.where(left < death, left, NEVER)
    away = 1 + (draws.uniform("homecoming/months") * 2 * given.return_months).astype(np.int64)
    returns = (left < NEVER) & (draws.uniform("homecoming") < given.return_share)
    back = np.where(returns & (left + away < death), left + away, NEVER)
    return left, back


def _moves(
    world: World, places: Places, birth: IntArray, start: IntArray, draws: Draws
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Return when and where to persons move, where from, and where to by their first month.

    Where to is drawn by size and does not depend on where from.
    """
    bounds = np.cumsum(places.share)[:-1]
    waited = np.zeros(len(birth))
    origin = np.searchsorted(bounds, draws.uniform("municipality"), side="right")
    muni = origin
    seen = np.maximum(start, month_index(world.time.first))
    moves, moved_to = [], []
    for k in range(MOVES):
        waited = waited - np.log1p(-draws.uniform("move", k))
        month = _when(world.residence.move, birth, start, waited)
        to = np.searchsorted(bounds, draws.uniform("moved_to", k), side="right")
        muni = np.where(month <= seen, to, muni)
        moves.append(month)
        moved_to.append(to)
    return np.array(moves), np.array(moved_to), origin, muni
