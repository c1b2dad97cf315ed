"""What registers of assistance hold beside receipt, on simulated lives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from data_synth.details.amounts import make_amounts
from data_synth.details.condition_content import KINDS, condition_content
from data_synth.details.exemptions import HEALTH, IN_ACTIVITY, IN_WORK, WEIGHTY, exemptions
from data_synth.details.jobseekers import Seeking, jobseekers
from data_synth.details.keyed import uniform_at
from data_synth.details.living import SOCIAL_ASSISTANCE, Living, make_living
from data_synth.details.main_income import main_income
from data_synth.details.measures import Measure, Participation, Provider, participation
from data_synth.details.no_other_benefit import no_other_benefit
from data_synth.details.other_benefits import Claim, other_benefits
from data_synth.details.runs import find_runs
from data_synth.details.sanctions import REDUCED, sanctions
from data_synth.life.content import LEAST_HOURS, MOST_HOURS, activity_hours
from data_synth.life.draws import Draws
from data_synth.life.lives import Benefit, Lives, Status
from data_synth.life.months import month_index
from data_synth.life.persons import Group
from data_synth.life.plan import Chunk
from data_synth.life.simulate import simulate_chunk
from data_synth.places.layout import make_places
from data_synth.places.serving import office_of
from data_synth.world.loader import load_world

SEED = 11
FIRST, LAST = 2012 * 12, 2019 * 12 + 11
MONTHLY = [
    field.name
    for field in fields(Lives)
    if field.name not in ("world", "places", "persons", "draws", "first", "programme_from")
]


def simulate(year: int, count: int) -> Lives:
    world = load_world("published_null")
    return simulate_chunk(world, Chunk(year, 0, count), SEED, "actual", FIRST, LAST)


@pytest.fixture(scope="module")
def lives() -> Lives:
    return simulate(1990, 8_192)


@pytest.fixture(scope="module")
def taken(lives: Lives) -> Participation:
    return participation(lives)


@pytest.fixture(scope="module")
def claims(lives: Lives, taken: Participation) -> np.ndarray:
    return other_benefits(lives, taken)


@pytest.fixture(scope="module")
def seeking(lives: Lives, taken: Participation, claims: np.ndarray) -> np.ndarray:
    return jobseekers(lives, taken, claims)


@pytest.fixture(scope="module")
def living(lives: Lives, taken: Participation, claims: Any, seeking: Any) -> Living:
    return make_living(lives, taken, claims, seeking)


def with_parameters(lives: Lives, table: str, **values: Any) -> Lives:
    world = lives.world
    changed = getattr(world, table).model_copy(update=values)
    return replace(lives, world=world.model_copy(update={table: changed}))


def part(lives: Lives, rows: slice, persons: slice) -> Lives:
    """Return the lives of some persons over some months, as if no others had been simulated."""
    inner = {
        field.name: getattr(lives.persons, field.name)[..., persons]
        for field in fields(lives.persons)
    }
    return replace(
        lives,
        persons=replace(lives.persons, **inner),
        draws=Draws(SEED, lives.persons.number[persons]),
        first=lives.first + rows.start,
        **{name: getattr(lives, name)[rows, persons] for name in MONTHLY},
    )


DETAILS: dict[str, Callable[[Lives], np.ndarray]] = {
    "main_income": main_income,
    "grant": lambda lives: make_amounts(lives).grant,
    "loan": lambda lives: make_amounts(lives).loan,
    "kinds": lambda lives: condition_content(lives).kinds,
    "hours": lambda lives: condition_content(lives).hours,
    "exemptions": exemptions,
    "sanctions": sanctions,
    "provider": lambda lives: participation(lives).provider,
    "measure": lambda lives: participation(lives).measure,
}


@pytest.mark.parametrize("name", DETAILS)
def test_details_are_the_same_whatever_the_window_and_the_other_persons(
    lives: Lives, name: str
) -> None:
    rows, persons = slice(31, 77), slice(100, 4_100)
    whole = DETAILS[name](lives)[rows, persons]
    assert whole.any()
    np.testing.assert_array_equal(DETAILS[name](part(lives, rows, persons)), whole)


def test_scattered_draws_are_those_of_whole_months(lives: Lives) -> None:
    keys, at = np.array([5, 3, 5, 4, 3]), np.array([7, 7, 2, 0, 9])
    expected = [lives.draws.uniform("x", int(k))[i] for k, i in zip(keys, at, strict=True)]
    np.testing.assert_array_equal(uniform_at(lives.draws, "x", keys, at), expected)


def test_runs_rebuild_the_codes() -> None:
    codes = np.array([[0, 1, 2], [0, 1, 3], [4, 0, 3], [4, 1, 0]], dtype=np.int8)
    runs, again = find_runs(codes), np.zeros_like(codes)
    for person, start, stop, code in zip(
        runs.person, runs.start, runs.stop, runs.code, strict=True
    ):
        again[start : stop + 1, person] = code
    np.testing.assert_array_equal(again, codes)
    assert len(runs.person) == 5
    assert not len(find_runs(np.zeros((3, 2), dtype=np.int8)).person)


def test_hours_stay_between_least_and_most() -> None:
    hours = activity_hours(np.array([20.0, 20.0, 6.0, 32.0]), np.array([0.0, 0.75, 0.0, 0.9]))
    np.testing.assert_allclose(hours, [10.0, 25.0, LEAST_HOURS, MOST_HOURS])


def test_persons_share_the_offices_of_their_municipality() -> None:
    places = make_places(load_world("published_null"))
    largest = int(np.argmax(places.office_count))
    count = int(places.office_count[largest])
    assert count > 1
    district = (np.arange(count) + 0.5) / count
    offices = office_of(places, np.full(count, largest), district)
    np.testing.assert_array_equal(offices, places.first_office[largest] + np.arange(count))
    assert office_of(places, np.array([largest]), np.array([np.nextafter(1.0, 0.0)])) == offices[-1]


def test_amounts_are_paid_in_months_of_receipt_alone(lives: Lives) -> None:
    amounts = make_amounts(lives)
    total = amounts.grant + amounts.loan
    np.testing.assert_array_equal(total > 0, lives.received == 1)
    assert amounts.grant.min() >= 0
    assert amounts.loan.min() >= 0
    lent = (amounts.loan > 0)[lives.received == 1].mean()
    assert lent == pytest.approx(lives.world.livelihood.loan_share, abs=0.03)


def test_amounts_follow_level_growth_and_main_income(lives: Lives) -> None:
    flat = with_parameters(lives, "grant", month_spread=0.0, growth=0.1)
    flat = with_parameters(flat, "livelihood", loan_share=0.0, main_amount=2.0)
    flat = with_parameters(flat, "livelihood", supplement_amount=0.5)
    row, at = np.nonzero(lives.received)
    level = 9_700 * 1.1 ** ((lives.first + row) // 12 - 2019) * lives.persons.grant[at]
    level *= np.where(main_income(lives)[row, at] == 1, 2.0, 0.5)
    np.testing.assert_allclose(make_amounts(flat).grant[row, at], level, atol=0.5001)


def test_less_is_granted_under_the_duty_where_the_world_says_so(lives: Lives) -> None:
    lower = make_amounts(with_parameters(lives, "grant", under_duty=0.5))
    total, usual = lower.grant + lower.loan, (own := make_amounts(lives)).grant + own.loan
    under = (lives.received == 1) & (lives.duty == 1)
    assert under.any() and not under.all()
    np.testing.assert_array_equal(total[~under], usual[~under])
    np.testing.assert_allclose(total[under], usual[under] / 2, atol=0.76)  # both are rounded


def test_main_income_asks_for_receipt_and_follows_its_probabilities(lives: Lives) -> None:
    assert not main_income(lives)[lives.received == 0].any()
    sure = with_parameters(lives, "livelihood", main_idle=1.0, main_other=0.0)
    idle = (lives.employed == 0) & (lives.educated == 0) & (lives.benefit == Benefit.NONE)
    np.testing.assert_array_equal(main_income(sure) == 1, (lives.received == 1) & idle)


def test_content_belongs_to_conditions(lives: Lives) -> None:
    content = condition_content(lives)
    np.testing.assert_array_equal(content.kinds > 0, lives.condition == 1)
    np.testing.assert_array_equal(content.hours > 0, lives.condition == 1)
    codes = list(KINDS)
    row, at = np.nonzero(content.kinds & (1 << codes.index("20")))
    assert len(row)
    assert (lives.persons.group[at] != Group.NORWAY).all()
    row, at = np.nonzero(content.kinds & (1 << codes.index("19")))
    assert (lives.first + row).min() == month_index(lives.world.content.digital_plan_from)
    several = np.bitwise_count(content.kinds[lives.condition == 1]) > 1
    assert 0.3 < several.mean() < 1.0


def test_a_condition_asks_at_least_for_a_meeting(lives: Lives) -> None:
    nothing = with_parameters(lives, "content", **dict.fromkeys(KINDS.values(), 0.0))
    kinds = condition_content(nothing).kinds
    assert set(kinds[lives.condition == 1].tolist()) == {1 << list(KINDS).index("08")}


def test_hours_are_the_offices_times_the_persons(lives: Lives) -> None:
    row, at = np.nonzero(lives.condition)
    office = office_of(lives.places, lives.muni[row, at], lives.persons.district[at])
    expected = activity_hours(lives.places.offices.hours[office], lives.persons.effort[at])
    np.testing.assert_allclose(condition_content(lives).hours[row, at], expected, rtol=1e-6)


def test_exempt_are_recipients_under_the_duty_without_a_condition(lives: Lives) -> None:
    reason = exemptions(lives)
    expected = (lives.received == 1) & (lives.duty == 1) & (lives.condition == 0)
    assert expected.any()
    np.testing.assert_array_equal(reason > 0, expected)
    age = lives.first + np.arange(lives.months)[:, None] - lives.persons.birth
    assert age[reason > 0].max() <= lives.world.ages.released_at * 12
    assert (lives.employed[reason == IN_WORK] == 1).all()
    assert (lives.benefit[reason == IN_ACTIVITY] != Benefit.NONE).all()
    share = (reason[expected] == HEALTH).mean()
    assert share > 0.5
    assert (reason[expected] == WEIGHTY).any()


def test_sanctions_are_rare_and_follow_the_regime(lives: Lives) -> None:
    kind = sanctions(lives)
    with_condition = (lives.received == 1) & (lives.condition == 1)
    assert not kind[~with_condition].any()
    row, at = np.nonzero(with_condition)
    office = office_of(lives.places, lives.muni[row, at], lives.persons.district[at])
    strict = lives.places.offices.strict[office]
    hit = kind[row, at] > 0
    given = lives.world.sanctions
    assert hit[strict].mean() == pytest.approx(given.strict, abs=0.01)
    assert hit[~strict].mean() == pytest.approx(given.mild, abs=0.003)
    always = with_parameters(lives, "sanctions", strict=1.0, mild=0.0, reduced=1.0)
    np.testing.assert_array_equal(sanctions(always)[row, at], np.where(strict, REDUCED, 0))


def test_measures_by_provider(lives: Lives, taken: Participation) -> None:
    main = main_income(lives) == 1
    np.testing.assert_array_equal(taken.provider > 0, taken.measure > 0)
    state = (taken.provider == Provider.STATE)[main].mean()
    assert 0.04 <= state <= 0.06  # OE Figure 6-1
    local = np.isin(taken.provider, (Provider.MUNICIPAL, Provider.VOLUNTARY))
    assert local.any()
    assert main[local].all()
    row, at = np.nonzero(taken.provider == Provider.MUNICIPAL)
    office = office_of(lives.places, lives.muni[row, at], lives.persons.district[at])
    assert (lives.places.offices.municipal_measures[office] > 0).all()
    assert not taken.provider[lives.status != Status.IN].any()


def test_courses_dip_in_summer_and_nothing_else_does(lives: Lives, taken: Participation) -> None:
    def dip(of: Participation, kinds: tuple[Measure, ...]) -> float:
        monthly = np.isin(of.measure, kinds).sum(axis=1)
        summer = np.isin((lives.first + np.arange(lives.months)) % 12 + 1, (6, 7))
        return float(monthly[summer].mean() / monthly[~summer].mean())

    given = lives.world.measures.summer
    assert dip(taken, (Measure.COURSE,)) == pytest.approx(given, abs=0.12)
    assert dip(taken, (Measure.WORK_TRAINING, Measure.FOLLOW_UP)) == pytest.approx(1.0, abs=0.12)
    even = participation(with_parameters(lives, "measures", summer=1.0))
    assert dip(even, (Measure.COURSE,)) == pytest.approx(1.0, abs=0.12)


def test_one_benefit_at_a_time(lives: Lives, taken: Participation, claims: np.ndarray) -> None:
    held = claims != Claim.NONE
    assert (lives.benefit[held] == Benefit.NONE).all()
    assert (lives.status[held] == Status.IN).all()
    assert (taken.provider[claims == Claim.MEASURE] == Provider.STATE).all()
    assert (lives.employed[claims == Claim.SICKNESS] == 1).all()
    assert (lives.employed[claims == Claim.TRANSITIONAL] == 0).all()
    assert not (claims == Claim.OLD_AGE).any()
    for claim in Claim:
        assert claim is Claim.OLD_AGE or (claims == claim).any()


def test_unemployment_benefit_follows_a_loss_of_work(lives: Lives, claims: np.ndarray) -> None:
    row, at = np.nonzero(claims == Claim.UNEMPLOYMENT)
    assert row.min() >= 1
    worked = lives.employed[row - 1, at] == 1
    held = claims[row - 1, at] != Claim.NONE  # another benefit may stand before it for a while
    assert (worked | held).all()
    assert worked.any()
    runs = find_runs((claims == Claim.UNEMPLOYMENT).astype(np.int8))
    longest = (runs.stop - runs.start + 1).max()
    assert longest <= lives.world.claims.unemployment_months


def test_pensions_begin_at_62_or_67() -> None:
    old = simulate(1951, 400)
    claims = other_benefits(old, participation(old))
    age = (old.first + np.arange(old.months)[:, None] - old.persons.birth) // 12
    pension = claims == Claim.OLD_AGE
    assert age[pension].min() == 62
    free = (old.status == Status.IN) & (old.benefit == Benefit.NONE)
    assert pension[free & (age >= 67)].all()
    share = pension[free & (age >= 62) & (age < 67)].mean()
    assert share == pytest.approx(old.world.claims.early_pension, abs=0.08)


def test_no_other_benefit(lives: Lives, claims: np.ndarray) -> None:
    flag = no_other_benefit(lives, claims)
    counted = np.isin(lives.benefit, (Benefit.AAP, Benefit.DISABILITY)) | np.isin(
        claims, (Claim.UNEMPLOYMENT, Claim.TRANSITIONAL, Claim.OLD_AGE)
    )
    np.testing.assert_array_equal(flag == 1, (lives.status == Status.IN) & ~counted)
    assert (flag[claims == Claim.SICKNESS] == 1).all()


def test_groups_of_jobseekers(
    lives: Lives, taken: Participation, claims: np.ndarray, seeking: np.ndarray
) -> None:
    assert not seeking[lives.status != Status.IN].any()
    assert set(np.unique(seeking)) == {int(group) for group in Seeking}
    ill = lives.benefit == Benefit.AAP
    assert np.isin(seeking[ill], (Seeking.REDUCED_CAPACITY, Seeking.REDUCED_IN_MEASURE)).all()
    in_state = taken.provider == Provider.STATE
    np.testing.assert_array_equal(seeking == Seeking.IN_MEASURE, in_state & ~ill)
    drawing = (claims == Claim.UNEMPLOYMENT) & ~in_state
    assert (seeking[drawing] == Seeking.UNEMPLOYED).all()
    assert (lives.employed[seeking == Seeking.CHANGING_JOBS] == 1).all()
    assert not seeking[lives.benefit == Benefit.DISABILITY].any()


def test_livelihood_work_and_housing(
    lives: Lives,
    taken: Participation,
    claims: np.ndarray,
    seeking: np.ndarray,
    living: Living,
) -> None:
    received = lives.received == 1
    for codes, most in ((living.main_source, 9), (living.work_status, 10), (living.housing, 6)):
        assert not codes[~received].any()
        assert set(np.unique(codes[received])) <= set(range(1, most + 1))
    np.testing.assert_array_equal(living.main_source == SOCIAL_ASSISTANCE, main_income(lives) == 1)
    insured = np.isin(lives.benefit, (Benefit.AAP, Benefit.DISABILITY))
    insured |= (claims > 0) & (claims != Claim.MEASURE)
    assert insured[living.main_source == 3].all()
    np.testing.assert_array_equal(
        np.isin(living.work_status, (1, 2)), received & (lives.employed == 1)
    )
    idle = received & (lives.employed == 0) & (lives.educated == 0)
    idle &= ~np.isin(living.work_status, (5, 6))
    ill = np.isin(lives.benefit, (Benefit.AAP, Benefit.DISABILITY))
    assert (living.work_status[idle & ill] == 4).all()
    assert (seeking[living.work_status == 7] != Seeking.NOT).all()
    assert (seeking[living.work_status == 8] == Seeking.NOT).all()
    for benefit, source, status in ((Benefit.INTRODUCTION, 6, 9), (Benefit.PROGRAMME, 8, 10)):
        assert (living.work_status[idle & (lives.benefit == benefit)] == status).all()
        supplement = received & (lives.benefit == benefit) & (living.main_source != 5)
        assert (living.main_source[supplement] == source).all()
    assert (lives.employed[living.main_source == 1] == 1).all()
    assert (lives.educated[living.main_source == 4] == 1).all()
    assert (taken.provider[living.work_status == 5] == Provider.STATE).all()
    assert (taken.provider[living.work_status == 6] == Provider.MUNICIPAL).all()
    shares = np.bincount(living.housing[received], minlength=7)[1:] / received.sum()
    np.testing.assert_allclose(shares, lives.world.livelihood.housing, atol=0.05)
