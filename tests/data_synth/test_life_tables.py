"""Register tables of lives: columns, order, and months that can be rebuilt from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
import pytest

import data_synth
from data_synth.details.addresses import make_addresses
from data_synth.details.charges import TYPES
from data_synth.details.households import make_homes
from data_synth.details.incomes import make_incomes
from data_synth.details.schooling import UNKNOWN, make_schooling
from data_synth.life.lives import Lives, Status
from data_synth.life.plan import Chunk
from data_synth.life.simulate import simulate_chunk

FIRST, LAST = 2012 * 12 + 4, 2022 * 12 - 1  # from May 2012
COUNT = 700

# As the register reference names them.
REGISTERS: Mapping[str, tuple[str, ...]] = {
    "person": (
        "person_id",
        "birth_ym",
        "birth_date",
        "sex",
        "immigrant_cat",
        "country_group",
        "death_ym",
    ),
    "residence": ("person_id", "municipality", "district", "valid_from", "valid_to"),
    "resident_status": ("person_id", "date", "status"),
    "household": ("person_id", "household_id", "family_type", "children_under_18", "date"),
    "job_month": ("person_id", "job_id", "ym", "contract_pct", "hours_week", "cash_wage_nok"),
    "employment_nov": ("person_id", "year", "status"),
    "income_year": ("person_id", "year", "concept", "nok"),
    "education": ("person_id", "nus2000", "from"),
    "enrolment": ("person_id", "from", "to", "level"),
    "charge": ("person_id", "date", "type"),
}
ORDER: Mapping[str, list[str]] = {
    "person": ["person_id"],
    "residence": ["person_id", "valid_from"],
    "resident_status": ["person_id", "date"],
    "household": ["person_id", "date"],
    "job_month": ["person_id", "ym", "job_id"],
    "employment_nov": ["person_id", "year"],
    "income_year": ["person_id", "year", "concept"],
    "education": ["person_id", "from"],
    "enrolment": ["person_id", "from"],
    "charge": ["person_id", "date"],
}


@lru_cache(maxsize=8)
def lives_of(year: int, count: int = COUNT) -> Lives:
    world = data_synth.load_world("published_null")
    return simulate_chunk(world, Chunk(year, 0, count), 7, "actual", FIRST, LAST)


@lru_cache(maxsize=4)
def under(world: str, policy: str) -> Lives:
    return simulate_chunk(
        data_synth.load_world(world), Chunk(1990, 0, COUNT), 7, policy, FIRST, LAST
    )


def make(name: str, lives: Lives) -> pd.DataFrame:
    made = getattr(import_module(f"data_synth.tables.{name}"), f"make_{name}")(lives)
    assert isinstance(made, pd.DataFrame)
    return made


@lru_cache(maxsize=32)
def table(name: str, year: int = 1990) -> pd.DataFrame:
    return make(name, lives_of(year))


def rows_of(dates: pd.Series[Any]) -> np.ndarray:
    """Rows of the monthly arrays in which dates fall; the end for missing ones."""
    index = dates.dt.year * 12 + dates.dt.month - 1 - FIRST
    return index.fillna(LAST - FIRST).to_numpy().astype(np.int64)


def positions(made: pd.DataFrame, lives: Lives) -> np.ndarray:
    return np.searchsorted(lives.persons.number, made["person_id"].to_numpy())


def rebuilt(
    made: pd.DataFrame, lives: Lives, start: str, end: str, values: np.ndarray
) -> np.ndarray:
    """Months filled with the values of spells; -1 in no spell. Overlaps fail."""
    months = np.full(lives.status.shape, -1, dtype=np.int64)
    spells = zip(
        positions(made, lives), rows_of(made[start]), rows_of(made[end]), values, strict=True
    )
    for person, first, last, value in spells:
        assert (months[first : last + 1, person] == -1).all()
        months[first : last + 1, person] = value
    return months


@pytest.mark.parametrize("name", REGISTERS)
def test_columns_are_those_of_the_registers(name: str) -> None:
    described = import_module(f"data_synth.tables.{name}").COLUMNS
    assert tuple(described) == REGISTERS[name]
    assert tuple(table(name).columns) == REGISTERS[name]
    assert all("\n" not in line and line for line in described.values())


@pytest.mark.parametrize("name", REGISTERS)
@pytest.mark.parametrize("year", [1950, 1990, 2004])
def test_rows_are_sorted_and_of_persons_in_the_data(name: str, year: int) -> None:
    made, lives = table(name, year), lives_of(year)
    assert len(made)
    pd.testing.assert_frame_equal(made, made.sort_values(ORDER[name], ignore_index=True))
    if name != "charge":
        assert not made.duplicated(ORDER[name]).any()
    ever = lives.persons.number[(lives.status == Status.IN).any(axis=0)]
    assert made["person_id"].isin(ever).all()


@pytest.mark.parametrize("name", REGISTERS)
def test_rows_of_a_person_do_not_hang_on_who_else_is_there(name: str) -> None:
    few = make(name, lives_of(1990, 300))
    many = table(name)
    first = many[many["person_id"] < 1990 * 1_000_000 + 300].reset_index(drop=True)
    pd.testing.assert_frame_equal(few, first)


@pytest.mark.parametrize("name", REGISTERS)
def test_a_chunk_in_which_nobody_is_in_the_data_makes_an_empty_table(name: str) -> None:
    lives = lives_of(1990)
    zeros = {
        field: np.zeros_like(getattr(lives, field))
        for field in ("status", "employed", "educated", "benefit", "received", "received_before")
    }
    made = make(name, replace(lives, **zeros))
    assert tuple(made.columns) == REGISTERS[name]
    assert len(made) == 0
    assert list(made.dtypes) == list(table(name).dtypes)


def test_persons_are_told_once_with_what_they_are() -> None:
    made, lives = table("person", 1950), lives_of(1950)
    at = positions(made, lives)
    ever = (lives.status == Status.IN).any(axis=0)
    np.testing.assert_array_equal(at, np.nonzero(ever)[0])
    np.testing.assert_array_equal(made["sex"] == 2, lives.persons.female[at])
    birth = made["birth_date"].dt.year * 100 + made["birth_date"].dt.month
    np.testing.assert_array_equal(birth, made["birth_ym"])
    np.testing.assert_array_equal(made["birth_date"].dt.day, lives.persons.birth_day[at])
    dead = (lives.status == Status.DEAD).any(axis=0)[at]
    assert dead.any()
    known = made["death_ym"].notna().to_numpy()
    np.testing.assert_array_equal(known, dead)
    death = made["death_ym"][known].to_numpy(dtype=np.int64)
    index = lives.persons.death[at][known]
    np.testing.assert_array_equal(death, index // 12 * 100 + index % 12 + 1)
    assert (index <= LAST).all()
    groups = made.loc[made["immigrant_cat"] == "B", "country_group"]
    assert set(groups) <= {"West", "Eastern EU", "Asia, Africa, other"}
    assert set(made.loc[made["immigrant_cat"] != "B", "country_group"]) == {"Norway"}


@pytest.mark.parametrize("year", [1950, 1990, 2004])
def test_stays_rebuild_where_persons_live(year: int) -> None:
    made, lives = table("residence", year), lives_of(year)
    addresses = make_addresses(lives)
    code = np.searchsorted(addresses.codes, made["municipality"].to_numpy(dtype=str))
    here = lives.status == Status.IN
    months = rebuilt(made, lives, "valid_from", "valid_to", code)
    np.testing.assert_array_equal(months, np.where(here, addresses.code, -1))
    district = made["district"].fillna("0").astype(int).to_numpy()
    months = rebuilt(made, lives, "valid_from", "valid_to", district)
    np.testing.assert_array_equal(months, np.where(here, addresses.district, -1))
    assert made["valid_to"].isna().sum() == here[-1].sum()
    assert made["municipality"].str.fullmatch(r"\d{4}").all()
    assert made["district"].dropna().str.fullmatch(r"\d{2}").all()


def test_stays_end_with_moves_and_with_new_codes() -> None:
    made, lives = table("residence"), lives_of(1990)
    at = positions(made, lives)
    followed = np.append(at[1:] == at[:-1], False)
    end = rows_of(made["valid_to"])[followed]
    moved = lives.muni[end, at[followed]] != lives.muni[end + 1, at[followed]]
    assert moved.any()
    recoded = made["valid_to"][followed][~moved].dt.strftime("%Y-%m")
    assert "2019-12" in set(recoded)


@pytest.mark.parametrize("year", [1950, 1990, 2004])
def test_statuses_rebuild_who_is_resident(year: int) -> None:
    made, lives = table("resident_status", year), lives_of(year)
    codes = {Status.IN: 1, Status.EMIGRATED: 3, Status.DEAD: 5}
    assert (made["date"].dt.day == 1).all()
    rows, at = rows_of(made["date"]), positions(made, lives)
    told = np.zeros(lives.status.shape, dtype=np.int64)
    told[rows, at] = made["status"]
    for person in np.unique(at):
        status, known = lives.status[:, person], 0
        for row in range(lives.months):
            known = told[row, person] or known
            if int(status[row]) in codes:
                assert known == codes[Status(int(status[row]))]
    january = (FIRST + np.arange(lives.months)) % 12 == 0
    alive = np.isin(lives.status[january], (Status.IN, Status.EMIGRATED))[:, np.unique(at)]
    assert january[rows][(made["status"] != 5).to_numpy()].sum() == alive.sum()
    assert (made["status"] == 5).sum() == made.loc[made["status"] == 5, "person_id"].nunique()


def test_the_lost_are_in_no_table_after_they_are_lost() -> None:
    lives = lives_of(1990)
    status = np.where(lives.status == Status.IN, lives.status, 0)
    status[60:, ::2] = Status.LOST
    status[80:, ::4] = Status.DEAD  # which nobody gets to know
    gone = np.arange(lives.months)[:, None] >= np.where(np.arange(COUNT) % 2 == 0, 60, 10_000)
    months = {
        field: np.where(gone, 0, getattr(lives, field)).astype(np.int8)
        for field in ("employed", "educated", "benefit", "received")
    }
    lost = replace(lives, status=status.astype(np.int8), **months)
    numbers = lives.persons.number[::2]
    for name in ("resident_status", "household", "charge"):
        made = make(name, lost)
        assert rows_of(made["date"][made["person_id"].isin(numbers)]).max() < 60, name
    persons = make("person", lost)
    assert persons["death_ym"][persons["person_id"].isin(numbers)].isna().all()
    jobs = make("job_month", lost)
    assert jobs["ym"][jobs["person_id"].isin(numbers)].max() < 201705
    stays = make("residence", lost)
    assert stays["valid_to"][stays["person_id"].isin(numbers)].notna().all()


def test_households_are_those_of_new_year() -> None:
    made, lives = table("household"), lives_of(1990)
    homes = make_homes(lives)
    rows, at = rows_of(made["date"]), positions(made, lives)
    assert set(made["date"].dt.strftime("%m-%d")) == {"01-01"}
    np.testing.assert_array_equal(made["family_type"].astype(int), homes.family[rows, at])
    np.testing.assert_array_equal(made["children_under_18"], homes.children[rows, at])
    new_year = (FIRST + np.arange(lives.months)) % 12 == 0
    assert len(made) == (lives.status[new_year] == Status.IN).sum()
    number = pd.Series(homes.number[rows, at])
    homes_of = made.groupby([made["person_id"], number])["household_id"].nunique()
    assert (homes_of == 1).all()
    assert made["household_id"].nunique() == len(homes_of)


def test_the_job_register_begins_in_2015_and_then_holds_all_work() -> None:
    made, lives = table("job_month"), lives_of(1990)
    assert made["ym"].min() == 201501
    held = np.zeros(lives.status.shape, dtype=np.int8)
    row = made["ym"].to_numpy() // 100 * 12 + made["ym"].to_numpy() % 100 - 1 - FIRST
    held[row, positions(made, lives)] = 1
    start = 2015 * 12 - FIRST
    np.testing.assert_array_equal(held[start:], lives.employed[start:])
    assert (made["cash_wage_nok"] >= 1).all()
    assert made["contract_pct"].between(10, 100).all()


def test_november_tells_who_worked_then() -> None:
    made, lives = table("employment_nov"), lives_of(1990)
    row = made["year"].to_numpy().astype(np.int64) * 12 + 10 - FIRST
    at = positions(made, lives)
    np.testing.assert_array_equal(made["status"].astype(int), lives.employed[row, at])
    assert made["year"].min() == 2012
    november = (FIRST + np.arange(lives.months)) % 12 == 10
    assert len(made) == (lives.status[november] == Status.IN).sum()


def test_incomes_agree_with_the_job_register() -> None:
    incomes = table("income_year").pivot(
        index=["person_id", "year"], columns="concept", values="nok"
    )
    years = incomes.index.get_level_values("year")
    assert years.min() == 2013  # 2012 is not whole
    assert incomes["pgivinnt"].notna().to_numpy().tolist() == (years <= 2020).tolist()
    jobs = table("job_month")
    wages = jobs.groupby([jobs["person_id"], jobs["ym"] // 100])["cash_wage_nok"].sum()
    wages.index.names = ["person_id", "year"]
    covered = incomes[(years >= 2015) & (years <= 2020)]
    expected = wages.reindex(covered.index, fill_value=0)
    np.testing.assert_array_equal(covered["pgivinnt"], expected)
    assert (covered["wyrkinnt"] <= covered["pgivinnt"]).all()
    made = make_incomes(lives_of(1990))
    total = table("income_year").groupby("concept")["nok"].sum()
    assert total["wies"] == made.after_tax[made.present].sum()
    assert total["wyrkinnt"] == made.work[made.present].sum()


@pytest.mark.parametrize("year", [1950, 1990, 2004])
def test_levels_on_record_rebuild_completed_education(year: int) -> None:
    made, lives = table("education", year), lives_of(year)
    completed, at = make_schooling(lives).completed, positions(made, lives)
    rows = np.maximum(rows_of(made["from"]), 0)
    level = made["nus2000"].str[0].astype(int).to_numpy()
    months = np.zeros(lives.status.shape, dtype=np.int64)
    for person, row, value in zip(at, rows, level, strict=True):
        months[row:, person] = value
    here = lives.status == Status.IN
    np.testing.assert_array_equal(months[here], completed[here])
    assert made["nus2000"].str.fullmatch(r"\d{6}").all()
    known = made[level != UNKNOWN].groupby("person_id")["nus2000"]
    assert known.apply(lambda codes: codes.str[0].is_monotonic_increasing).all()


def test_enrolment_spells_rebuild_the_months_enrolled() -> None:
    made, lives = table("enrolment", 2000 - 10), lives_of(1990)
    months = rebuilt(made, lives, "from", "to", made["level"].astype(int).to_numpy())
    np.testing.assert_array_equal(np.maximum(months, 0), make_schooling(lives).attended)
    np.testing.assert_array_equal(months > 0, lives.educated > 0)
    assert (made["from"].dt.day == 1).all()
    assert made["to"].isna().sum() == lives.educated[-1].sum() > 0
    ends = made["to"].dropna()
    assert ((ends + pd.Timedelta(days=1)).dt.day == 1).all()


def test_charges_fall_on_days_of_residence() -> None:
    made, lives = table("charge"), lives_of(1990)
    assert set(made["type"]) <= set(TYPES)
    here = lives.status[rows_of(made["date"]), positions(made, lives)]
    assert (here == Status.IN).all()


@pytest.mark.parametrize("name", REGISTERS)
def test_tables_are_the_same_under_both_policies_where_the_duty_does_nothing(name: str) -> None:
    one = make(name, under("published_null", "actual"))
    other = make(name, under("published_null", "no_adoption"))
    pd.testing.assert_frame_equal(one, other)


def test_jobs_are_the_same_under_both_policies_in_months_of_work_under_both() -> None:
    one, other = (
        make("job_month", under("work_effect", policy)) for policy in ("actual", "no_adoption")
    )
    both = one.merge(other, on=["person_id", "ym", "job_id"], suffixes=("", "_other"))
    assert len(both) > 0.9 * len(one)
    assert len(one) != len(other)
    same = both["contract_pct"] == both["contract_pct_other"]  # but where one of two studies
    assert same.mean() > 0.99
    np.testing.assert_array_equal(
        both.loc[same, "cash_wage_nok"], both.loc[same, "cash_wage_nok_other"]
    )


def test_what_no_policy_moves_is_the_same_where_the_duty_has_effects() -> None:
    for name in ("person", "residence", "resident_status", "household"):
        one, other = (
            make(name, under("work_effect", policy)) for policy in ("actual", "no_adoption")
        )
        pd.testing.assert_frame_equal(one, other)
