"""The person-month panel: same bytes, same persons, definitions, rough facts."""

from __future__ import annotations

import calendar
from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest

import data_synth
from data_synth.draws import Draws
from data_synth.exposure import exposure_share
from data_synth.panel import CHUNK
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


def test_same_seed_gives_same_panel_and_another_seed_does_not() -> None:
    world = data_synth.load_world("published_null")
    again = data_synth.person_month(world, persons=6_000, seed=3, window=WINDOW)
    assert_same(panel("published_null"), again)
    assert not panel("published_null", seed=4).equals(again)


def test_persons_are_the_same_whatever_their_number() -> None:
    many = panel("work_effect", persons=5_000)
    few = panel("work_effect", persons=2_000)
    first = many[many["person_id"] < 2_000].reset_index(drop=True)
    assert_same(few, first)


def test_chunks_continue_one_stream() -> None:
    whole = Draws(7, 0, CHUNK + 100).uniform("receipt", 12)
    np.testing.assert_array_equal(whole[CHUNK:], Draws(7, CHUNK, 100).uniform("receipt", 12))
    np.testing.assert_array_equal(whole[4:9], Draws(7, 4, 5).uniform("receipt", 12))


def test_draws_differ_between_purposes_and_months() -> None:
    draws = Draws(7, 0, 1_000)
    base = draws.uniform("receipt", 12)
    for other in (draws.uniform("receipt", 13), draws.uniform("employment", 12)):
        assert abs(np.corrcoef(base, other)[0, 1]) < 0.15


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


def test_rows_are_unique_sorted_and_without_gaps() -> None:
    frame = panel("published_null")
    assert not frame.duplicated(["person_id", "ym"]).any()
    assert frame.sort_values(["person_id", "ym"]).index.equals(frame.index)
    step = frame.groupby("person_id")["age_months"].diff().dropna()
    assert (step == 1).all()


def test_age_is_completed_months_at_the_end_of_the_month() -> None:
    frame = panel("published_null")
    since_birth = (frame["ym"] // 100 - frame["birth_ym"] // 100) * 12 + (
        frame["ym"] % 100 - frame["birth_ym"] % 100
    )
    assert (frame["age_months"] == since_birth).all()
    assert frame["age_months"].min() == 18 * 12
    assert frame["age_months"].max() == 43 * 12 - 1


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
    assert 0.45 < at.mean() < 0.52  # birthdays are spread over the month


def test_exposure_counts_the_days_before_the_birthday() -> None:
    share = exposure_share(
        np.array([359, 360, 360, 360, 361]), np.array([9, 1, 16, 29, 9]), 28, 360
    )
    np.testing.assert_allclose(share, [1.0, 0.0, 15 / 28, 1.0, 0.0])


def test_flows_follow_from_receipt() -> None:
    frame = panel("work_effect")
    before = frame.groupby("person_id")["sa_received"].shift()
    known = before.notna()
    now = frame["sa_received"]
    entry = pd.Series(np.where(before == 0, now, np.nan), index=frame.index)[known]
    exit_ = pd.Series(np.where(before == 1, 1 - now, np.nan), index=frame.index)[known]
    np.testing.assert_array_equal(frame["sa_entry"][known], entry)
    np.testing.assert_array_equal(frame["sa_exit"][known], exit_)
    assert (frame["sa_entry"].isna() ^ frame["sa_exit"].isna()).all()


def test_amounts_conditions_and_duty_months_belong_to_recipients() -> None:
    frame = panel("work_effect")
    off = frame["sa_received"] == 0
    assert (frame["sa_nok"][off] == 0).all()
    assert (frame["sa_nok"][~off] > 0).all()
    assert (frame["condition_imposed"][off] == 0).all()
    step = frame.groupby("person_id")["duty_months"].diff()
    duty = (frame["ym"] >= frame["adopted_ym"]) & (frame["exposure_share"] > 0)
    expected = (~off & duty).astype(int)
    assert (step.dropna() == expected[step.notna()]).all()


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


def test_rough_facts() -> None:
    frame = panel("published_null", persons=20_000)
    recipients = frame[frame["sa_received"] == 1]
    young = frame["age_months"] < 360
    assert 0.03 < frame["sa_received"].mean() < 0.05
    assert frame["sa_received"][young].mean() > 1.2 * frame["sa_received"][~young].mean()
    assert 0.15 < frame["sa_exit"].mean() < 0.20
    assert 0.40 < recipients["immigrant"].mean() < 0.60
    duty = (recipients["ym"] >= recipients["adopted_ym"]) & (recipients["age_months"] < 360)
    assert 0.60 < recipients["condition_imposed"][duty].mean() < 0.70
    assert 0.42 < recipients["condition_imposed"][recipients["age_months"] > 360].mean() < 0.56
    last = recipients[recipients["ym"] // 100 == 2019]
    assert 8_900 < last["sa_nok"].mean() < 10_500
    persons = frame.drop_duplicates("person_id")
    assert 0.37 < (persons["adoption_status"] == "before").mean() < 0.43
    assert 0.18 < persons["muni_h"].value_counts(normalize=True).iloc[0] < 0.22
    assert 0.68 < frame["employed"].mean() < 0.75


def test_bad_requests_get_one_line_each() -> None:
    world = data_synth.load_world("published_null")
    with pytest.raises(SpecError) as caught:
        data_synth.person_month(
            world,
            persons=0,
            seed=-1,
            window=(date(2021, 1, 1), date(2019, 1, 1)),
            policy="no_lav",
        )
    text = str(caught.value)
    assert "persons: found 0; allowed: at least 1" in text
    assert "seed: found -1; allowed: at least 0" in text
    assert "window: found 2021-01-01 to 2019-01-01; allowed: first not after last" in text
    assert 'world "published_null" offers months 201001 to 201912' in text
    offered = "actual, no_law, no_adoption, under_duty, released"
    assert f'policy: found "no_lav"; allowed: {offered}' in text
    assert 'did you mean "no_law"?' in text
    assert len(caught.value.faults) == 5
    with pytest.raises(DataError, match=r'column "employd": .* did you mean "employed"\?'):
        data_synth.person_month(world, persons=10, seed=1, window=WINDOW, columns=["employd"])
