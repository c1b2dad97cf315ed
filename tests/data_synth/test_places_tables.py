"""Canonical reference tables: offices, adoption, crosswalk, prices."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data_synth.life.months import month_index, ym_of
from data_synth.places.layout import Places, make_places
from data_synth.places.survey import REPORTED
from data_synth.tables import adoption, deflator, muni_crosswalk, office
from data_synth.world.loader import load_world, world_of
from data_synth.world.schema import World


def variant(**tables: Any) -> World:
    return world_of("variant", {"extends": "published_null", "title": "variant", **tables})


@pytest.fixture(scope="module")
def world() -> World:
    return load_world("published_null")


@pytest.fixture(scope="module")
def places(world: World) -> Places:
    return make_places(world)


@pytest.fixture(scope="module")
def crosswalk(world: World) -> pd.DataFrame:
    return muni_crosswalk.make_muni_crosswalk(world)


@pytest.fixture(scope="module")
def offices(world: World) -> pd.DataFrame:
    return office.make_office(world)


def test_columns_are_the_canonical_ones(
    world: World, crosswalk: pd.DataFrame, offices: pd.DataFrame
) -> None:
    made = {
        office: offices,
        adoption: adoption.make_adoption(world),
        muni_crosswalk: crosswalk,
        deflator: deflator.make_deflator(world),
    }
    for module, frame in made.items():
        assert list(frame.columns) == list(module.COLUMNS), module.__name__
        assert not frame.duplicated().any(), module.__name__


def test_weights_of_a_code_sum_to_one(crosswalk: pd.DataFrame) -> None:
    total = crosswalk.groupby(["code_from", "valid_ym"])["weight"].sum()
    assert total.to_numpy() == pytest.approx(np.ones(len(total)), abs=1e-12)
    assert (crosswalk["weight"] > 0).all()
    assert not crosswalk.duplicated(["code_from", "code_to", "valid_ym"]).any()
    assert crosswalk["valid_ym"].unique().tolist() == [201001, 201701, 201801, 202001]


def test_every_code_of_a_month_is_in_its_classification(
    crosswalk: pd.DataFrame, places: Places
) -> None:
    last = set(crosswalk["code_to"])
    for year in (2012, 2017, 2019, 2023):
        month = month_index(date(year, 6, 1))
        vintage = crosswalk["valid_ym"][crosswalk["valid_ym"] <= ym_of(month)].max()
        codes = places.mergers.codes_at(np.arange(len(places.mergers.unit)), month)
        rows = crosswalk[crosswalk["valid_ym"] == vintage]
        assert set(rows["code_from"]) == set(codes.tolist())
        assert set(rows["code_to"]) == last


def test_the_crosswalk_carries_residents_of_one_classification_to_another(
    crosswalk: pd.DataFrame, places: Places
) -> None:
    mergers = places.mergers
    persons = places.share[mergers.unit] * mergers.share
    old = pd.Series(persons).groupby(mergers.codes[0]).sum()
    new = pd.Series(persons).groupby(mergers.codes[-1]).sum()
    rows = crosswalk[crosswalk["valid_ym"] == 201001]
    carried = (rows["code_from"].map(old) * rows["weight"]).groupby(rows["code_to"]).sum()
    assert carried.sort_index().to_numpy() == pytest.approx(new.sort_index().to_numpy())


def test_only_the_divided_municipality_has_weights_below_one(crosswalk: pd.DataFrame) -> None:
    parts = crosswalk[crosswalk["weight"] < 1]
    assert parts["code_from"].nunique() == 1
    assert sorted(parts["valid_ym"].unique()) == [201001, 201701, 201801]
    assert sorted(parts["weight"].round(9).unique()) == [0.4, 0.6]


def test_harmonising_by_the_crosswalk_gives_the_codes_of_the_panel(
    crosswalk: pd.DataFrame, places: Places
) -> None:
    lowest = {code: code for code in crosswalk["code_to"]}
    for _ in range(3):  # to the lowest code that is linked, and onwards
        low = crosswalk.assign(low=crosswalk["code_to"].map(lowest))
        through = low.groupby(["code_from", "valid_ym"])["low"].transform("min")
        lowest = low.assign(low=through).groupby("code_to")["low"].min().to_dict()
    assert sorted(set(lowest.values())) == list(places.codes)


def test_an_office_has_one_row_a_municipality_and_day(
    offices: pd.DataFrame, places: Places
) -> None:
    assert set(offices["office_id"]) == set(places.offices.ids)
    for day in ("2010-01-01", "2017-06-01", "2019-12-31", "2020-01-01", "2023-12-01"):
        on = (offices["valid_from"] <= day) & ~(offices["valid_to"] < day)
        month = month_index(date.fromisoformat(day).replace(day=1))
        codes = places.mergers.codes_at(np.arange(len(places.mergers.unit)), month)
        rows = offices[on]
        assert set(rows["municipality"]) == set(codes.tolist())
        assert not rows.duplicated(["office_id", "municipality"]).any()
        several = rows["municipality"].value_counts()
        assert several.iloc[0] == 15
        assert several.iloc[1] <= 2
    districts = offices["district"].dropna()
    assert sorted(districts.unique()) == [f"{i:02d}" for i in range(1, 16)]


def test_an_office_serves_who_the_simulation_says(offices: pd.DataFrame, places: Places) -> None:
    """Go from a person's municipality and district to office and code, both ways."""
    month, day = month_index(date(2015, 6, 1)), "2015-06-01"
    on = offices[(offices["valid_from"] <= day) & ~(offices["valid_to"] < day)]
    served = set(zip(on["office_id"], on["municipality"], strict=True))
    muni, district = np.repeat(np.arange(357), 20), np.tile((np.arange(20) + 0.5) / 20, 357)
    piece = places.mergers.piece_of(muni, district)
    code = places.mergers.codes_at(piece, month)
    at = places.first_office[muni] + (district * places.office_count[muni]).astype(int)
    lived = {(places.offices.ids[o], str(c)) for o, c in zip(at, code, strict=True)}
    assert lived <= served
    assert len(lived) > 0.97 * len(served)


def test_provision_is_none_until_the_centre_opens() -> None:
    dates = {"opened_first": date(2017, 1, 1), "opened_last": date(2021, 12, 1)}
    world = variant(offices=dates)
    frame, made = office.make_office(world), make_places(world).offices
    before = frame[frame["valid_from"] <= "2016-12-01"]
    assert set(before["provision"]) == {"none"}
    one = int(np.argmax(made.opened == np.min(made.opened)))
    rows = frame[frame["office_id"] == made.ids[one]]
    opened = pd.Timestamp(f"{made.opened[one] // 12}-{made.opened[one] % 12 + 1:02d}-01")
    assert (rows["provision"][rows["valid_from"] >= opened] != "none").all()
    ends = rows["valid_to"][rows["valid_from"] < opened]
    assert (ends <= opened - pd.Timedelta(days=1)).all()
    now = frame[frame["valid_to"].isna()]
    assert (now["provision"] == "none").mean() == pytest.approx(0.27, abs=0.05)


def test_adoption_is_by_the_codes_of_the_base_year(world: World, places: Places) -> None:
    frame = adoption.make_adoption(world)
    assert set(frame["base_year"]) == {2016}
    codes = places.mergers.codes_at(np.arange(len(places.mergers.unit)), 2016 * 12)
    assert sorted(frame["municipality"]) == sorted(set(codes.tolist()))
    unit = dict(zip(codes.tolist(), places.mergers.unit.tolist(), strict=True))
    rows = frame["municipality"].map(unit).to_numpy()
    told = np.array(REPORTED, dtype=object)[places.reported_status[rows]]
    assert (frame["status"].to_numpy() == told).all()
    known = frame["from_ym"].notna()
    assert (frame["to_ym"].notna() == known).all()
    earliest = [ym_of(int(month)) for month in places.reported_earliest[rows[known]]]
    assert frame["from_ym"][known].tolist() == earliest
    unknown = frame["status"] == "unknown"
    assert unknown.sum() == pytest.approx(428 - 265, abs=15)
    assert not (known & unknown).any()
    assert (frame["definition"].isna() == unknown).all()
    assert (frame["from_ym"][known] <= frame["to_ym"][known]).all()


def test_the_basic_amount_is_navs(world: World, shared_data: Path) -> None:
    frame = deflator.make_deflator(world)
    g = frame[frame["series"] == "G"]
    monthly = g.dropna(subset=["ym"]).set_index("ym")["value"]
    yearly = g.dropna(subset=["year"]).set_index("year")["value"]
    assert monthly.index.tolist() == [
        year * 100 + month for year in range(2010, 2024) for month in range(1, 13)
    ]
    with (shared_data / "no_grunnbeloep.csv").open(encoding="utf-8") as file:
        published = list(csv.DictReader(file))
    checked = 0
    for row in published:
        year = int(row["dato"][:4])
        if 2010 <= year <= 2023:
            assert monthly[year * 100 + 5] == monthly[year * 100 + 12] == int(row["grunnbeløp"])
            assert int(yearly[year] + 0.5) == pytest.approx(float(row["gjennomsnittPerÅr"]), abs=1)
            checked += 1
    assert checked == 14
    assert monthly[201004] == 72_881
    assert monthly[201804] == 93_634


def test_the_basic_amount_changes_in_may(world: World) -> None:
    frame = deflator.make_deflator(world)
    monthly = frame[frame["series"] == "G"].dropna(subset=["ym"]).set_index("ym")["value"]
    assert monthly.loc[[201804, 201805, 201904, 201905]].tolist() == [
        93_634,
        96_883,
        96_883,
        99_858,
    ]


def test_consumer_prices_are_100_in_2015(world: World) -> None:
    frame = deflator.make_deflator(world)
    cpi = frame[frame["series"] == "CPI"].set_index("year")["value"]
    assert cpi.index.tolist() == list(range(2010, 2024))
    assert cpi[2015] == 100.0
    assert cpi.is_monotonic_increasing
    assert cpi[2019] == 110.8
