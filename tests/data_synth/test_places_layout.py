"""Municipalities: sizes, names, adoption; the same for every seed."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data_synth.life.months import month_index, ym_of
from data_synth.life.policies import STATUSES
from data_synth.places.layout import Places, make_places
from data_synth.places.names import make_names
from data_synth.world.loader import load_world, world_of
from data_synth.world.schema import World


def variant(**tables: Any) -> World:
    return world_of("variant", {"extends": "published_null", "title": "variant", **tables})


@pytest.fixture(scope="module")
def places() -> Places:
    return make_places(load_world("published_null"))


def test_sizes_are_like_norways(places: Places) -> None:
    share, residents = places.share, load_world("published_null").municipalities.residents
    assert len(places.codes) == len(share) == 357
    assert share.sum() == pytest.approx(1.0, abs=1e-12)
    assert share.max() * residents == pytest.approx(717_710, rel=0.01)
    assert share.min() * residents == pytest.approx(215)
    quarters = np.quantile(share * residents, [0.25, 0.5, 0.75])
    assert quarters == pytest.approx([2_186, 5_180, 13_358], rel=0.1)
    assert np.sort(share)[-2] * residents < 400_000
    assert 15 < 1 / (share**2).sum() < 45  # effective clusters


@pytest.mark.parametrize(
    ("source", "limits"), [("survey", (4_531, 26_828)), ("table", (2_186, 13_358))]
)
def test_size_classes_follow_the_source_named(source: str, limits: tuple[int, int]) -> None:
    world = variant(municipalities={"size_source": source})
    made = make_places(world)
    residents = made.share * world.municipalities.residents
    expected = (residents >= limits[0]).astype(int) + (residents >= limits[1])
    assert made.size_class.dtype == np.int8
    assert made.size_class.tolist() == expected.tolist()
    assert set(made.size_class) == {0, 1, 2}


def test_codes_are_unique_ascending_and_some_start_with_zero(places: Places) -> None:
    assert list(places.codes) == sorted(set(places.codes))
    assert all(re.fullmatch(r"\d{4}", code) for code in places.codes)
    assert any(code.startswith("0") for code in places.codes)
    order = np.argsort(np.argsort(places.share))
    assert abs(np.corrcoef(order, np.arange(357))[0, 1]) < 0.15  # codes say nothing of size


def test_names_are_unique_and_invented(places: Places, shared_data: Path) -> None:
    assert len(set(places.names)) == 357
    every = set(make_names(0, 1_200))
    assert len(every) == 1_200
    with (shared_data / "no_kommune_crosswalk_1994_2024.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    real_names = {re.sub(r" \(.*", "", row["TEKST"]) for row in rows}
    assert "Halden" in real_names
    assert every & real_names == set()
    real_codes = {row["KODE"][:4] for row in rows}
    assert set(places.mergers.codes.ravel().tolist()) & real_codes == set()


def test_adoption_reaches_its_shares_in_number_and_persons(places: Places) -> None:
    shares = [0.40, 0.54, 0.06]
    for status, share in enumerate(shares):
        rows = places.status == status
        assert rows.mean() == pytest.approx(share, abs=0.02)
        assert places.share[rows].sum() == pytest.approx(share, abs=0.01)
    early = places.status == STATUSES.index("before")
    dates, counts = np.unique(places.adopted[early], return_counts=True)
    assert [ym_of(int(day)) % 100 for day in dates] == [1, 7] * 7
    assert counts.min() >= 5
    assert {ym_of(int(day)) for day in places.adopted[~early]} == {201701, 201707}
    low = [places.low_prior_use[rows].mean() for rows in (early, ~early)]
    assert low == pytest.approx([0.50, 0.68], abs=0.03)


def test_narrow_adoption_is_never_earlier_and_at_latest_at_the_law(places: Places) -> None:
    law = month_index(load_world("published_null").adoption.law)
    delay = places.adopted_narrow - places.adopted
    early = places.status == STATUSES.index("before")
    assert delay.min() == 0
    assert delay.max() == 24
    assert (delay[~early] == 0).all()
    assert (places.adopted_narrow[early] <= law).all()
    assert (delay[early] > 0).mean() == pytest.approx(0.40, abs=0.01)


def test_one_municipality_alone_adopts_where_the_world_says_so() -> None:
    from datetime import date

    world = variant(adoption={"before_share": 0.0, "single": date(2015, 1, 1), "single_rank": 3})
    made = make_places(world)
    early = np.flatnonzero(made.status == STATUSES.index("before"))
    assert len(early) == 1
    assert ym_of(int(made.adopted[early[0]])) == 201501
    assert (made.share > made.share[early[0]]).sum() == 2
    assert (np.delete(made.adopted, early) >= month_index(world.adoption.law)).all()


@pytest.mark.parametrize("count", [2, 3, 20, 400])
def test_a_world_may_have_fewer_or_more_municipalities(count: int) -> None:
    made = make_places(variant(municipalities={"count": count}))
    assert len(set(made.codes)) == len(set(made.names)) == count
    assert made.share.sum() == pytest.approx(1.0)
    assert (made.share > 0).all()
    assert len(set(made.mergers.unit)) == count


def test_places_answer_to_nothing_but_the_world(places: Places) -> None:
    make_places.cache_clear()
    again = make_places(load_world("published_null"))
    assert again is not places
    assert (again.share == places.share).all()
    assert again.codes == places.codes
    assert (again.offices.hours == places.offices.hours).all()
    other = make_places(variant(municipalities={"seed": 358}))
    assert (other.share != places.share).any()
    no_duty = make_places(variant(duty={"exit_to_work": 3.0}, truth={"seed": 5}))
    assert (no_duty.adopted == places.adopted).all()
