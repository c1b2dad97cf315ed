"""Homes, schooling, jobs, incomes, charges: what they say agrees with the lives they tell of."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

import data_synth
from data_synth.details.addresses import make_addresses
from data_synth.details.amounts import make_amounts
from data_synth.details.background import IMMIGRANT_CATEGORIES, make_backgrounds
from data_synth.details.charges import TYPES, Charges, make_charges
from data_synth.details.graded import graded
from data_synth.details.households import Family, household_numbers, make_homes
from data_synth.details.incomes import basic_amount, make_incomes
from data_synth.details.jobs import make_jobs
from data_synth.details.measures import participation
from data_synth.details.other_benefits import other_benefits
from data_synth.details.recorded_employment import recorded_employed
from data_synth.details.renewed import renewed
from data_synth.details.schooling import LEVELS, UNKNOWN, make_schooling
from data_synth.life.draws import Draws
from data_synth.life.lives import Benefit, Lives, Status
from data_synth.life.plan import Chunk
from data_synth.life.simulate import simulate_chunk
from data_synth.world.loader import world_of
from data_synth.world.schema import World
from evaluation.errors import SpecError

FIRST, LAST = 2012 * 12, 2021 * 12 - 1
COUNT = 1_500


@lru_cache(maxsize=8)
def lives_of(year: int, policy: str = "actual", first: int = FIRST) -> Lives:
    world = data_synth.load_world("published_null")
    return simulate_chunk(world, Chunk(year, 0, COUNT), 5, policy, first, LAST)


def with_tables(**changes: dict[str, object]) -> World:
    return world_of("changed", {"extends": "published_null", "title": "Changed", **changes})


def months_of(lives: Lives) -> np.ndarray:
    return lives.first + np.arange(lives.months)


# Numbers made new


def test_renewed_numbers_are_uniform_and_new_for_each_key() -> None:
    own = Draws(1, np.arange(20_000)).uniform("own")
    made = renewed(own[:, None], np.arange(5))
    assert made.shape == (20_000, 5)
    assert made.min() >= 0.0 and made.max() < 1.0
    np.testing.assert_allclose(made.mean(axis=0), 0.5, atol=0.01)
    np.testing.assert_allclose(made.std(axis=0), 12**-0.5, atol=0.01)
    assert np.abs(np.corrcoef(np.column_stack([own, made]).T) - np.eye(6)).max() < 0.03


def test_renewed_numbers_hang_on_number_and_key_alone() -> None:
    own = Draws(1, np.arange(10)).uniform("own")
    keys = np.array([3, 1, 4, 1, 5, 9, 2, 6, 5, 3])
    whole = renewed(own, keys)
    np.testing.assert_array_equal(whole[4:7], renewed(own[4:7], keys[4:7]))


# Recorded employment


def test_employment_is_recorded_as_lived_where_nothing_is_missed() -> None:
    lives = lives_of(1985)
    np.testing.assert_array_equal(recorded_employed(lives), lives.employed)


def test_the_same_persons_are_missed_in_every_month_before_the_break() -> None:
    lives = lives_of(1985)
    missing = replace(lives, world=with_tables(recording={"employed_missed_before": 0.3}))
    recorded = recorded_employed(missing)
    before = 3 * 12  # the break is in January 2015
    np.testing.assert_array_equal(recorded[before:], lives.employed[before:])
    worked = lives.employed[:before].any(axis=0)
    share = recorded[:before].sum(axis=0)[worked] / lives.employed[:before].sum(axis=0)[worked]
    assert set(np.unique(share)) == {0.0, 1.0}
    assert 0.25 < (share == 0).mean() < 0.35


# Background


def test_immigrants_are_b_and_few_of_the_others_c() -> None:
    lives = lives_of(1985)
    category = np.array(IMMIGRANT_CATEGORIES)[make_backgrounds(lives).category]
    np.testing.assert_array_equal(category == "B", lives.persons.immigrant)
    assert 0.005 < (category[~lives.persons.immigrant] == "C").mean() < 0.04


# Homes


def test_homes_are_the_same_whatever_months_are_kept_and_whatever_the_policy() -> None:
    whole, later = make_homes(lives_of(1985)), make_homes(lives_of(1985, first=FIRST + 30))
    np.testing.assert_array_equal(whole.family[30:], later.family)
    np.testing.assert_array_equal(whole.number[30:], later.number)
    other = make_homes(lives_of(1985, "no_adoption"))
    np.testing.assert_array_equal(whole.family, other.family)


@pytest.mark.parametrize("year", [1960, 1985, 2000])
def test_family_type_says_whether_there_are_children(year: int) -> None:
    homes = make_homes(lives_of(year))
    with_children = (Family.COUPLE_WITH_CHILDREN, Family.SINGLE_PARENT)
    np.testing.assert_array_equal(np.isin(homes.family, with_children), homes.children > 0)
    assert set(np.unique(homes.family)) <= set(Family)
    assert (np.diff(homes.number, axis=0) >= 0).all()


def test_homes_change_with_age() -> None:
    young, grown = make_homes(lives_of(2000)), make_homes(lives_of(1985))
    assert (young.family[6 * 12] == Family.WITH_PARENTS).mean() > 0.5  # at 18
    assert (grown.family == Family.WITH_PARENTS).mean() < 0.05
    assert 0.3 < np.isin(grown.family[-1], (2, 3)).mean() < 0.8  # couples at 35


def test_couples_part_and_some_find_another() -> None:
    homes = make_homes(lives_of(1975))
    couple = np.isin(homes.family, (Family.COUPLE, Family.COUPLE_WITH_CHILDREN))
    np.testing.assert_array_equal(couple, np.isin(homes.number, (2, 4)))
    assert (homes.number[-1] == 3).any() and (homes.number[-1] == 4).any()


def test_need_goes_with_living_alone() -> None:
    lives = lives_of(1985)
    alone = make_homes(lives).family[-1] == Family.ALONE
    assert lives.persons.need[alone].mean() > lives.persons.need[~alone].mean() + 0.5


def test_household_numbers_are_the_persons_own_and_new_with_a_new_home() -> None:
    lives = lives_of(1985)
    person = np.repeat(np.arange(COUNT), 3)
    number = np.tile(np.arange(3, dtype=np.int8), COUNT)
    drawn = household_numbers(lives, number, person)
    assert len(np.unique(drawn)) == 3 * COUNT
    assert drawn.min() >= 0 and drawn.max() < 2**48


# Schooling


@pytest.mark.parametrize("year", [1960, 1990, 2000])
def test_completed_levels_never_fall_and_rise_in_june_alone(year: int) -> None:
    lives = lives_of(year)
    schooling = make_schooling(lives)
    here = lives.status == Status.IN
    both = here[1:] & here[:-1] & (schooling.completed[:-1] != UNKNOWN)
    change = np.where(both, np.diff(schooling.completed, axis=0), 0)
    assert (change >= 0).all()
    june = months_of(lives)[1:] % 12 == 5
    assert not change[~june].any()
    assert change[june].any()
    assert set(np.unique(schooling.completed[here])) <= {*LEVELS, UNKNOWN}
    assert not schooling.completed[~here].any()


def test_attended_exactly_while_enrolled_and_above_what_is_completed() -> None:
    lives = lives_of(1990)
    schooling = make_schooling(lives)
    np.testing.assert_array_equal(schooling.attended > 0, lives.educated > 0)
    at = (lives.educated > 0) & (schooling.completed < 7)
    assert (schooling.attended[at] > schooling.completed[at]).all()


def test_nobody_completes_a_level_before_its_age() -> None:
    lives = lives_of(2000)
    completed, age = make_schooling(lives).completed, (months_of(lives) - 2000 * 12) // 12
    known = np.where(completed == UNKNOWN, 0, completed)
    assert known[age < 17].max() <= 2
    assert known[age < 19].max() <= 3
    assert known[age < 21].max() <= 4
    assert 0.4 < (known[age == 20] >= 4).sum() / (known[age == 20] > 0).sum() < 0.98


def test_levels_before_the_data_follow_the_shares_given() -> None:
    completed = make_schooling(lives_of(1960)).completed[0]
    known = completed[(completed > 0) & (completed != UNKNOWN)]
    share = [(known == level).mean() for level in (2, 4, 6, 7)]
    np.testing.assert_allclose(share, [0.22, 0.39, 0.29, 0.10], atol=0.05)


def test_those_who_come_later_bring_what_they_completed() -> None:
    lives = lives_of(1990)
    persons, completed = lives.persons, make_schooling(lives).completed
    late = persons.immigrant & (persons.arrival > FIRST + 48) & (persons.arrival < LAST - 12)
    late &= lives.status[persons.arrival.clip(FIRST, LAST) - FIRST, np.arange(COUNT)] == Status.IN
    found = completed[persons.arrival[late] - FIRST, np.nonzero(late)[0]]
    assert len(found) > 30
    assert 0.1 < (found == UNKNOWN).mean() < 0.45
    assert (found[found != UNKNOWN] >= 6).mean() > 0.15


# Jobs


def test_jobs_cover_exactly_the_months_of_employment() -> None:
    lives = lives_of(1985)
    jobs = make_jobs(lives)
    held = np.zeros(lives.employed.shape, dtype=np.int64)
    np.add.at(held, (jobs.row, jobs.person), 1)
    np.testing.assert_array_equal(held > 0, lives.employed > 0)
    assert held.max() == 2
    assert 0.02 < (held == 2).sum() / (held > 0).sum() < 0.12
    order = np.lexsort((jobs.number, jobs.row, jobs.person))
    np.testing.assert_array_equal(order, np.arange(len(order)))


def test_jobs_are_the_same_whatever_months_are_kept() -> None:
    whole, later = make_jobs(lives_of(1985)), make_jobs(lives_of(1985, first=FIRST + 30))
    at = whole.row >= 30
    for name in ("person", "number", "contract", "hours", "wage"):
        np.testing.assert_array_equal(getattr(whole, name)[at], getattr(later, name), name)


def test_spells_of_work_are_cut_into_jobs() -> None:
    lives = lives_of(1985)
    always = np.nonzero(lives.employed.all(axis=0))[0]
    jobs = make_jobs(lives)
    first = jobs.number < 1_000_000
    numbers = [
        len(np.unique(jobs.number[first & (jobs.person == person)])) for person in always[:100]
    ]
    assert max(numbers) > 2
    assert np.mean(np.array(numbers) > 1) > 0.3


def test_wages_grow_and_follow_ability_and_hours() -> None:
    lives = lives_of(1975)
    jobs = make_jobs(lives)
    full = jobs.contract == 100
    year = jobs.row // 12
    by_year = [jobs.wage[full & (year == y)].mean() for y in (0, 8)]
    assert 1.15 < by_year[1] / by_year[0] < 1.45  # eight years at about three per cent
    able = lives.persons.ability[jobs.person] > 0
    assert jobs.wage[full & able].mean() > 1.1 * jobs.wage[full & ~able].mean()
    np.testing.assert_allclose(jobs.hours, 37.5 * jobs.contract / 100, atol=0.01)
    assert jobs.wage[full].mean() > 1.5 * jobs.wage[~full].mean()


# Incomes


def test_basic_amount_is_a_third_of_the_old_and_two_thirds_of_the_new() -> None:
    world = data_synth.load_world("published_null")
    assert basic_amount(world, 2019) == pytest.approx((4 * 96_883 + 8 * 99_858) / 12)


def test_pensionable_income_is_the_sum_of_all_wages() -> None:
    lives = lives_of(1985)
    jobs, incomes = make_jobs(lives), make_incomes(lives)
    assert incomes.years == tuple(range(2012, 2021))
    total = np.zeros((9, COUNT), dtype=np.int64)
    np.add.at(total, (jobs.row // 12, jobs.person), jobs.wage)
    np.testing.assert_array_equal(incomes.pensionable, total)
    assert (incomes.work <= incomes.pensionable).all()
    assert 0.9 < incomes.work.sum() / incomes.pensionable.sum() < 1.0  # some are sick


def test_only_whole_years_have_incomes() -> None:
    incomes = make_incomes(lives_of(1985, first=FIRST + 30))
    whole = make_incomes(lives_of(1985))
    assert incomes.years == tuple(range(2015, 2021))
    np.testing.assert_array_equal(incomes.pensionable, whole.pensionable[3:])


def test_those_without_work_live_on_benefits_and_assistance() -> None:
    lives = lives_of(1985)
    incomes = make_incomes(lives)
    by_year = lives.benefit.reshape(9, 12, COUNT)
    disabled = (by_year == Benefit.DISABILITY).all(axis=1) & (incomes.pensionable == 0)
    assert disabled.any()
    pay = incomes.after_tax[disabled]
    g = np.array([basic_amount(lives.world, year) for year in incomes.years])
    g = np.broadcast_to(g[:, None], disabled.shape)[disabled]
    # The benefit is 2.7 G before tax, half of it for those graded.
    half = np.broadcast_to(graded(lives), disabled.shape)[disabled]
    assert half.any() and not half.all()
    assert (pay[~half] >= 1.5 * g[~half]).all()
    assert (pay[half] >= 1.0 * g[half]).all()
    assert np.median(pay[half] / g[half]) < np.median(pay[~half] / g[~half]) < 2.7
    nothing = ~incomes.present
    assert not incomes.after_tax[nothing].any()


def test_income_after_tax_adds_stipends_and_assistance() -> None:
    lives = lives_of(1990)  # 25 in the course of 2015
    untaxed = with_tables(incomes={"tax_rate": 0.0, "top_rate": 0.0})
    incomes = make_incomes(replace(lives, world=untaxed))
    grants = make_amounts(lives).grant.reshape(9, 12, COUNT).sum(axis=1)
    stipend = np.isin(lives.benefit, (Benefit.PROGRAMME, Benefit.INTRODUCTION))
    young = months_of(lives)[:, None] - lives.persons.birth < 25 * 12
    g = np.repeat([basic_amount(lives.world, year) for year in incomes.years], 12)[:, None]
    monthly = np.where(stipend, 2.0 * g / 12.0, 0.0) * np.where(young, 2.0 / 3.0, 1.0)
    expected = np.rint(monthly.reshape(9, 12, COUNT).sum(axis=1)) + grants
    other = other_benefits(lives, participation(lives)) > 0
    other |= (lives.benefit > 0) & ~stipend
    plain = ~other.reshape(9, 12, COUNT).any(axis=1)
    for at in (plain & (grants > 0), plain & stipend.reshape(9, 12, COUNT).any(axis=1)):
        assert at.sum() > 20
        found = (incomes.after_tax - incomes.pensionable)[at]
        np.testing.assert_allclose(found, expected[at], atol=1.0)


# Charges


def test_residents_alone_are_charged_at_most_once_a_month() -> None:
    lives = lives_of(1990)
    charges = make_charges(lives)
    assert len(charges.person) > 50
    assert (lives.status[charges.row, charges.person] == Status.IN).all()
    cells = charges.person * lives.months + charges.row
    assert (np.diff(cells) > 0).all()
    assert charges.day.min() >= 1 and charges.day.max() <= 31


@lru_cache(maxsize=1)
def many_charges() -> tuple[Lives, Charges]:
    """Charges of a world in which many are charged each month."""
    lives = lives_of(1990)
    given = lives.world.charges
    often = given.men.model_copy(update={"at_30": 0.3})
    world = lives.world.model_copy(
        update={"charges": given.model_copy(update={"men": often, "need": 0.0, "women": 1.0})}
    )
    lives = replace(lives, world=world)
    return lives, make_charges(lives)


def test_violence_and_traffic_fall_on_weekends() -> None:
    lives, charges = many_charges()
    months = (lives.first + charges.row - 1970 * 12).astype("datetime64[M]")
    dates = months.astype("datetime64[D]") + (charges.day - 1).astype("timedelta64[D]")
    np.testing.assert_array_equal(dates.astype("datetime64[M]"), months)
    weekend = (dates.astype(np.int64) + 3) % 7 >= 5
    for kind, factor in (("violence", 2.4), ("traffic", 1.5), ("property", 1.0), ("drugs", 1.0)):
        share = weekend[charges.kind == TYPES.index(kind)].mean()
        assert share == pytest.approx(2 * factor / (5 + 2 * factor), abs=0.03), kind


def test_types_have_their_shares() -> None:
    lives, charges = many_charges()
    share = np.bincount(charges.kind, minlength=len(TYPES)) / len(charges.kind)
    np.testing.assert_allclose(share, lives.world.charges.types, atol=0.015)


def test_charges_are_rarer_for_those_at_work() -> None:
    lives, charges = many_charges()
    charged = np.zeros(lives.employed.shape, dtype=np.bool_)
    charged[charges.row, charges.person] = True
    here = (lives.status == Status.IN) & (lives.educated == 0)
    at_work, without = here & (lives.employed == 1), here & (lives.employed == 0)
    assert charged[at_work].mean() == pytest.approx(0.5 * charged[without].mean(), rel=0.1)


def test_charges_are_rarer_with_age() -> None:
    young, older = (make_charges(lives_of(year)).person for year in (1995, 1960))
    assert len(young) > 2 * len(older)


def test_some_two_to_three_per_cent_of_young_men_are_charged_in_a_year() -> None:
    lives = lives_of(1995)
    charges = make_charges(lives)
    here = (lives.status == Status.IN).reshape(9, 12, COUNT).all(axis=1)
    charged = np.zeros((9, COUNT), dtype=np.bool_)
    charged[charges.row // 12, charges.person] = True
    at = here & (np.arange(2012, 2021)[:, None] >= 2014)  # from 19
    men = at & ~lives.persons.female
    women = at & lives.persons.female
    assert 0.012 < charged[men].mean() < 0.035
    assert charged[women].mean() < 0.5 * charged[men].mean()


# Addresses


def test_districts_are_those_of_the_largest_municipality() -> None:
    lives = lives_of(1985)
    addresses = make_addresses(lives)
    largest = lives.muni == np.argmax(lives.places.share)
    np.testing.assert_array_equal(addresses.district > 0, largest)
    assert len(np.unique(addresses.district)) > 5


def test_codes_are_those_of_the_mergers_at_the_time() -> None:
    lives = lives_of(1985)
    addresses, mergers = make_addresses(lives), lives.places.mergers
    pieces = mergers.piece_of(lives.muni, lives.persons.district)
    for row in (0, 60, 95, 96, 107):
        for person in range(0, COUNT, 97):
            code = mergers.code_at(int(pieces[row, person]), lives.first + row)
            assert addresses.codes[addresses.code[row, person]] == code


# What a world file may not say


@pytest.mark.parametrize(
    ("table", "change", "said"),
    [
        ("schooling", {"settled_shares": [0.5, 0.5]}, "four shares"),
        ("schooling", {"upper_months": 5}, "in this order"),
        ("schooling", {"settled_shares": [0.2, 0.2, 0.2, 0.2]}, "sum to 1"),
        ("charges", {"types": [0.5, 0.5]}, "five shares"),
        ("households", {"home_left_mean": 10.0}, "home_left_from before home_left_mean"),
        ("households", {"second_child": 1.2}, "at most 1"),
        ("incomes", {"tax_rate": 0.9, "top_rate": 0.2}, "sum to at most 1"),
        ("jobs", {"tenure": 3}, "did you mean"),
        ("jobs", {"shortest_months": 60}, "shortest_months at most tenure_months"),
    ],
)
def test_impossible_details_are_refused_in_one_line(
    table: str, change: dict[str, object], said: str
) -> None:
    with pytest.raises(SpecError) as caught:
        with_tables(**{table: change})
    assert len(caught.value.faults) == 1
    assert f'world "changed", {table}' in caught.value.faults[0]
    assert said in caught.value.faults[0]
    assert "\n" not in caught.value.faults[0]
