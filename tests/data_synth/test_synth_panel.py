"""The person-month panel: same bytes, same persons, definitions, rough facts."""

from __future__ import annotations

import calendar
from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chisquare, kstest

import data_synth
from data_synth.life.draws import Draws
from data_synth.life.exposure import exposure_share
from data_synth.life.plan import CHUNK, cohort_shares, plan_chunks
from data_synth.panel.columns import STANDARD
from evaluation.errors import DataError, SpecError

WINDOW = (date(2013, 1, 1), date(2019, 12, 31))


def assert_same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """Every value, type and missing mark is equal."""
    assert list(one.dtypes) == list(other.dtypes)
    assert one.equals(other)


@lru_cache(maxsize=16)
def panel(world: str, policy: str = "actual", persons: int = 6_000, seed: int = 3) -> pd.DataFrame:
    return data_synth.person_month(
        data_synth.load_world(world), persons=persons, seed=seed, window=WINDOW, policy=policy
    )


def test_panel_offers_the_columns_it_describes() -> None:
    assert list(panel("published_null").columns) == list(data_synth.COLUMNS)
    assert set(STANDARD) <= set(data_synth.COLUMNS)


def test_same_seed_gives_same_panel_and_another_seed_does_not() -> None:
    world = data_synth.load_world("published_null")
    again = data_synth.person_month(world, persons=6_000, seed=3, window=WINDOW)
    assert_same(panel("published_null"), again)
    assert not panel("published_null", seed=4).equals(again)


@pytest.mark.parametrize("few", [1, 100, 2_001])
def test_persons_are_the_same_whatever_their_number(few: int) -> None:
    world = data_synth.load_world("work_effect")
    part = data_synth.person_month(world, persons=few, seed=3, window=WINDOW)
    many = panel("work_effect")
    first = many[many["person_id"].isin(part["person_id"])].reset_index(drop=True)
    assert_same(part, first)


@pytest.mark.parametrize("ages", [(25, 34), (16, 16), (67, 67)])
def test_ages_select_rows_and_nothing_else(ages: tuple[int, int]) -> None:
    world = data_synth.load_world("work_effect")
    part = data_synth.person_month(world, persons=6_000, seed=3, window=WINDOW, ages=ages)
    whole = panel("work_effect")
    years = whole["age_months"] // 12
    assert_same(part, whole[years.between(*ages)].reset_index(drop=True))
    assert part["person_id"].nunique() < whole["person_id"].nunique() / 2


def test_birth_years_have_the_sizes_of_the_world() -> None:
    world = data_synth.load_world("published_null")
    chunks = plan_chunks(world, 200_000)
    years = np.arange(chunks[0].birth_year, chunks[-1].births[-1][0] + 1)
    got = [sum(dict(c.births).get(year, 0) for c in chunks) for year in years.tolist()]
    np.testing.assert_allclose(got, 200_000 * cohort_shares(world, years), atol=3)
    assert sum(got) == 200_000
    assert max(c.count for c in chunks) <= CHUNK
    numbers = np.concatenate([c.numbers for c in chunks])
    assert (np.diff(numbers) > 0).all() and len(numbers) == 200_000


def test_draws_belong_to_persons_not_to_positions() -> None:
    numbers = np.arange(1_980_000_000, 1_980_000_500)
    whole = Draws(7, numbers).uniform("receipt", 12)
    np.testing.assert_array_equal(whole[300:], Draws(7, numbers[300:]).uniform("receipt", 12))
    at = np.array([400, 3, 77])
    np.testing.assert_array_equal(whole[at], Draws(7, numbers).uniform("receipt", 12, at))


def test_draws_are_uniform_and_differ_between_purposes_months_and_seeds() -> None:
    numbers = np.arange(1_980_000_000, 1_980_020_000)
    draws = Draws(7, numbers)
    base = draws.uniform("receipt", 12)
    assert kstest(base, "uniform").pvalue > 1e-4
    assert 0 <= base.min() < base.max() < 1
    others = (
        draws.uniform("receipt", 13),
        draws.uniform("employment", 12),
        Draws(8, numbers).uniform("receipt", 12),
        np.roll(base, 1),
    )
    for other in others:
        assert abs(np.corrcoef(base, other)[0, 1]) < 4 / np.sqrt(len(base))
    cells = np.histogram2d(base, others[0], bins=8)[0]
    assert chisquare(cells.ravel()).pvalue > 1e-4


def test_window_selects_months_and_nothing_else() -> None:
    world = data_synth.load_world("work_effect")
    part = data_synth.person_month(
        world, persons=2_000, seed=3, window=(date(2016, 5, 1), date(2017, 4, 30))
    )
    whole = panel("work_effect", persons=2_000)
    inside = whole[whole["ym"].between(201605, 201704)].reset_index(drop=True)
    assert_same(part, inside)


def test_columns_are_given_as_asked() -> None:
    world = data_synth.load_world("published_null")
    part = data_synth.person_month(
        world, persons=2_000, seed=3, window=WINDOW, columns=["sa_exit", "ym", "ym"]
    )
    whole = panel("published_null", persons=2_000)
    assert_same(part, whole[["sa_exit", "ym"]])


def test_rows_are_unique_and_sorted_with_gaps_only_abroad() -> None:
    frame = panel("published_null")
    assert not frame.duplicated(["person_id", "ym"]).any()
    assert frame.sort_values(["person_id", "ym"]).index.equals(frame.index)
    step = frame.groupby("person_id")["age_months"].diff().dropna()
    assert (step >= 1).all()
    assert 0 < (step > 1).sum() < 0.01 * frame["person_id"].nunique()


def test_age_is_completed_months_at_the_end_of_the_month() -> None:
    frame = panel("published_null")
    since_birth = (frame["ym"] // 100 - frame["birth_ym"] // 100) * 12 + (
        frame["ym"] % 100 - frame["birth_ym"] % 100
    )
    assert (frame["age_months"] == since_birth).all()
    assert frame["age_months"].min() == 16 * 12
    assert frame["age_months"].max() == 68 * 12 - 1


def test_exposure_is_one_below_month_360_fractional_in_it_and_zero_from_361() -> None:
    frame = panel("published_null")
    age, share = frame["age_months"], frame["exposure_share"]
    assert (share[age < 360] == 1).all()
    assert (share[age > 360] == 0).all()
    at, months = share[age == 360], frame["ym"][age == 360]
    days = np.array([calendar.monthrange(ym // 100, ym % 100)[1] for ym in months])
    under_30 = at.to_numpy() * days
    np.testing.assert_allclose(under_30, np.rint(under_30), atol=1e-9)
    assert at.between(0, 1).all()
    assert 0.40 < at.mean() < 0.57  # birthdays are spread over the month


def test_exposure_counts_the_days_before_the_birthday() -> None:
    share = exposure_share(
        np.array([359, 360, 360, 360, 361]), np.array([9, 1, 16, 29, 9]), 28, 360
    )
    np.testing.assert_allclose(share, [1.0, 0.0, 15 / 28, 1.0, 0.0])


def consecutive(frame: pd.DataFrame) -> pd.Series:
    """Whether the row before is the same person's month before."""
    same = frame["person_id"].diff() == 0
    return same & (frame["age_months"].diff() == 1)


def test_flows_follow_from_receipt() -> None:
    frame = panel("work_effect")
    known = consecutive(frame)
    before, now = frame["sa_received"].shift()[known], frame["sa_received"][known]
    entry, exit_ = frame["sa_entry"][known], frame["sa_exit"][known]
    np.testing.assert_array_equal(entry, np.where(before == 0, now, np.nan))
    np.testing.assert_array_equal(exit_, np.where(before == 1, 1 - now, np.nan))
    assert (frame["sa_entry"].isna() ^ frame["sa_exit"].isna()).all()


def test_exits_by_destination_sum_to_exits() -> None:
    frame = panel("work_effect")
    to = [name for name in frame.columns if name.startswith("sa_exit_")]
    assert len(to) == 7
    np.testing.assert_array_equal(frame[to].sum(axis=1, skipna=False), frame["sa_exit"])
    gone = frame["sa_exit"] == 1
    for flow, state in (
        ("sa_exit_work", "employed"),
        ("sa_exit_education", "in_education"),
        ("sa_exit_programme", "on_programme"),
        ("sa_exit_aap", "on_aap"),
        ("sa_exit_disability", "on_disability"),
        ("sa_exit_introduction", "on_introduction"),
    ):
        there = frame[state][gone & (frame[flow] == 1)]
        assert len(there) > 0
        assert (there == 1).all()


def test_amounts_and_conditions_belong_to_recipients() -> None:
    frame = panel("work_effect")
    off = frame["sa_received"] == 0
    assert (frame["sa_nok"][off] == 0).all()
    assert (frame["sa_nok"][~off] > 0).all()
    assert (frame["condition_imposed"][off & (frame["sa_exit"] != 1)] == 0).all()
    assert ((frame["condition_hours"] > 0) == (frame["condition_imposed"] == 1)).all()
    ratio = (frame["sa_nok_real"] / frame["sa_nok"])[~off & (frame["ym"] // 100 == 2015)]
    np.testing.assert_allclose(ratio, 1.0, rtol=1e-6)


def test_duty_months_count_months_received_under_the_duty() -> None:
    frame = panel("work_effect")
    place = frame.drop_duplicates("muni_h").set_index("muni_h")["adopted_ym"]
    force = frame["muni_now"].astype(str).map({str(k): v for k, v in place.items()})
    known = consecutive(frame) & force.notna()
    step = frame["duty_months"].diff()[known]
    duty = (frame["ym"] >= force) & (frame["exposure_share"] > 0) & (frame["sa_received"] == 1)
    assert (step == duty[known]).all()
    assert step.sum() > 100


def test_residence_is_frozen_and_moves_are_recorded() -> None:
    frame = panel("published_null")
    moved = frame["muni_h"].astype(str) != frame["muni_now"].astype(str)
    assert 0.05 < moved.mean() < 0.40
    first = frame[frame["ym"] == 201301].set_index("person_id")
    assert (frame.groupby("person_id")["muni_h"].nunique() == 1).all()
    assert (first["muni_h"].astype(str) == first["muni_now"].astype(str)).mean() > 0.75


def test_municipality_traits_are_fixed() -> None:
    frame = panel("published_null")
    for column in ("adopted_ym", "adoption_status", "low_prior_use"):
        assert (frame.groupby("muni_h", observed=True)[column].nunique() == 1).all()
    assert (frame.groupby("person_id")["muni_h"].nunique() == 1).all()
    assert frame["muni_h"].cat.categories.str.fullmatch(r"\d{4}").all()
    law = frame["adoption_status"] == "at_law"
    assert (frame["adopted_ym"][law] == 201701).all()
    assert (frame["adopted_ym"][frame["adoption_status"] == "before"] < 201701).all()
    assert (frame["adopted_ym"][frame["adoption_status"] == "after"] > 201701).all()


def test_bad_requests_get_one_line_each() -> None:
    world = data_synth.load_world("published_null")
    with pytest.raises(SpecError) as caught:
        data_synth.person_month(
            world,
            persons=0,
            seed=-1,
            window=(date(2025, 1, 1), date(2019, 1, 1)),
            policy="no_lav",
            ages=(30, 20),
        )
    text = str(caught.value)
    assert "persons: found 0; allowed: at least 1" in text
    assert "seed: found -1; allowed: at least 0" in text
    assert "window: found 2025-01-01 to 2019-01-01; allowed: first not after last" in text
    assert 'world "published_null" offers months 201001 to 202312' in text
    offered = "actual, no_law, no_adoption, under_duty, released, no_programme"
    assert f'policy: found "no_lav"; allowed: {offered}' in text
    assert 'did you mean "no_law"?' in text
    assert "ages: found 30 to 20; allowed: first not after last" in text
    assert len(caught.value.faults) == 6
    with pytest.raises(SpecError, match=r'ages: found 10 to 20; world "published_null" offers'):
        data_synth.person_month(world, persons=10, seed=1, window=WINDOW, ages=(10, 20))
    with pytest.raises(DataError, match=r'column "employd": .* did you mean "employed"\?'):
        data_synth.person_month(world, persons=10, seed=1, window=WINDOW, columns=["employd"])
