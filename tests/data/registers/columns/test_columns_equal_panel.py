"""Columns built from registers equal those of the direct panel, row by row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

REGISTER = 2015 * 12
SAME = (
    "sa_received",
    "sa_nok",
    "sa_nok_real",
    "in_education",
    "on_aap",
    "on_disability",
    "on_programme",
    "on_introduction",
    "no_other_benefit",
)
FLOWS = ("sa_entry", "sa_exit", "sa_exit_programme", "sa_exit_disability", "sa_exit_introduction")


def _numbers(values: Any) -> np.ndarray:
    found = pd.Series(values).astype("Float64")
    numbers: np.ndarray = found.to_numpy(dtype=float, na_value=np.nan)
    return numbers


def _differ(built: Any, truth: Any) -> np.ndarray:
    one, other = _numbers(built), _numbers(truth)
    return np.asarray(~((one == other) | (np.isnan(one) & np.isnan(other))))


@pytest.fixture(scope="module")
def built(registers: Any) -> pd.DataFrame:
    """Return the columns, with the November status before 2015."""
    further = ("employed", "sa_exit_aap", "sa_main_income", "condition_imposed", "condition_hours")
    more = ("condition_in_year", "condition_first")
    made: pd.DataFrame = registers.build(
        *SAME, *FLOWS, *further, *more, employed={"before_2015": "november"}
    )
    assert (made["person"].to_numpy() == registers.truth["person"].to_numpy()).all()
    assert (made["month"].to_numpy() == registers.truth["month"].to_numpy()).all()
    return made


@pytest.mark.parametrize("name", SAME)
def test_columns_are_those_of_the_panel(built: pd.DataFrame, registers: Any, name: str) -> None:
    truth = registers.truth[name]
    assert not _differ(built[name], truth).any()
    assert (truth != 0).sum() > 200


@pytest.mark.parametrize("name", FLOWS)
def test_flows_are_those_of_the_panel_but_in_the_first_month(
    built: pd.DataFrame, registers: Any, name: str
) -> None:
    first = (built["month"] == registers.first).to_numpy()
    truth = registers.truth[name]
    assert not _differ(built[name], truth)[~first].any()
    assert built[name][first].isna().all()
    assert (truth[~first] == 1).sum() > 10


def test_an_exit_and_an_illness_of_the_same_month_are_not_told_apart(
    built: pd.DataFrame, registers: Any
) -> None:
    later = (built["month"] > registers.first).to_numpy()
    truth, found = registers.truth["sa_exit_aap"], built["sa_exit_aap"]
    differ = _differ(found, truth) & later
    assert (found[differ] == 1).all()
    assert (registers.truth["on_aap"][differ] == 1).all()
    assert 0 < differ.sum() < 0.1 * (truth == 1).sum()


def test_employment_is_that_of_the_panel_from_2015_and_in_earlier_novembers(
    built: pd.DataFrame, registers: Any
) -> None:
    month, found = built["month"], built["employed"]
    known = ((month >= REGISTER) | (month % 12 == 10)).to_numpy()
    assert not _differ(found, registers.truth["employed"])[known].any()
    assert found[~known].isna().all()
    assert (month[known] < REGISTER).sum() > 1000


def test_before_2015_employment_is_missing_unless_asked_for(registers: Any) -> None:
    plain = registers.build("employed")
    early = plain["month"] < REGISTER
    assert plain["employed"][early].isna().all()
    assert plain["employed"][~early].notna().all()


def test_main_income_is_that_of_the_last_contact_of_the_year(
    built: pd.DataFrame, registers: Any
) -> None:
    truth = registers.truth.assign(found=built["sa_main_income"], year=built["month"] // 12)
    assert (truth["found"][truth["sa_received"] == 0] == 0).all()
    received = truth[truth["sa_received"] == 1]
    place = ["person", "year", "muni_now"]
    assert (received.groupby(place)["found"].nunique(dropna=False) == 1).all()
    last = received.groupby(place).tail(1)
    assert (last["found"] == last["sa_main_income"]).all()
    assert (received["found"] != received["sa_main_income"]).any()


def test_conditions_are_those_of_the_panel_wherever_the_form_tells(
    built: pd.DataFrame, registers: Any
) -> None:
    truth, found = registers.truth, built["condition_imposed"]
    known = found.notna().to_numpy()
    assert (found[known] == truth["condition_imposed"][known]).all()
    hours = np.round(truth["condition_hours"].to_numpy(dtype=float), 1)
    told = np.round(_numbers(built["condition_hours"]), 1)
    assert (np.isnan(told) == ~known).all()
    assert (told[known] == hours[known]).all()
    assert (found == 1).sum() > 500
    # What it does not tell: after the year's first decision, in months of exit, in the first month.
    received, first = truth["sa_received"] == 1, truth["month"] == registers.first
    left = (truth["sa_exit"] == 1) & ~received
    assert known[~received & ~left & ~first].all()
    assert not known[left | (first & ~received)].any()


def test_conditions_of_a_year_are_those_of_its_months(built: pd.DataFrame, registers: Any) -> None:
    truth = registers.truth.assign(year=built["month"] // 12, found=built["condition_in_year"])
    received = truth[truth["sa_received"] == 1]
    some = received.groupby(["person", "year"])["condition_imposed"].transform("max")
    assert (received["found"] == some).all()
    assert (truth["found"][truth["sa_received"] == 0] == 0).all()
    first = built[built["condition_first"] == 1]
    yes = received[some == 1].groupby(["person", "year"])
    held = yes.apply(lambda rows: rows["month"][rows["condition_imposed"] == 1].min())
    assert sorted(held) == sorted(first["month"])
    assert len(first) == len(held) > 100


@pytest.mark.parametrize("later", ["zero", "same"])
def test_what_the_form_does_not_tell_can_be_said(
    built: pd.DataFrame, registers: Any, later: str
) -> None:
    options = {"later": later, "exit_month": "zero"}
    found = registers.build("condition_imposed", "condition_hours", conditions=options)
    assert found.notna().all(axis=None)
    known = built["condition_imposed"].notna()
    assert (found["condition_imposed"][known] == built["condition_imposed"][known]).all()
    after = ~known & (registers.truth["sa_received"] == 1)
    assert (found["condition_imposed"][after] == int(later == "same")).all()
    assert ((found["condition_hours"] > 0) == (found["condition_imposed"] == 1)).all()


def test_assistance_is_the_same_by_months_as_by_spells(built: pd.DataFrame, registers: Any) -> None:
    names = ("sa_received", "sa_entry", "sa_exit", "sa_spell_number", "sa_spell_months")
    months = registers.without("sa_spell").build(*names)
    spells = registers.without("sa_month").build(*names)
    pd.testing.assert_frame_equal(months, spells)
    assert not _differ(months["sa_received"], built["sa_received"]).any()


def test_spells_are_numbered_and_their_months_counted(registers: Any) -> None:
    found = registers.build("sa_received", "sa_spell_number", "sa_spell_months")
    received = found[found["sa_received"] == 1]
    rest = found[found["sa_received"] == 0]
    assert rest[["sa_spell_number", "sa_spell_months"]].isna().all(axis=None)
    begins = received["month"] - received.groupby("person")["month"].shift() != 1
    number = begins.groupby(received["person"]).cumsum()
    assert (received["sa_spell_number"] == number).all()
    spell = received.groupby(["person", number])["month"]
    since = received["month"] - spell.transform("min") + 1
    running = spell.transform("min") == registers.first
    assert received["sa_spell_months"][running].isna().all()
    assert (received["sa_spell_months"][~running] == since[~running]).all()
    assert running.any()


def test_measures_jobseekers_and_other_benefits_are_those_of_the_lives(registers: Any) -> None:
    names = ("on_measure", "on_measure_state", "on_measure_municipal", "on_measure_voluntary")
    seeking = ("jobseeker", "jobseeker_group")
    claims = ("on_sickness", "on_unemployment", "on_transitional", "on_old_age")
    found = registers.build(*names, *seeking, *claims, "on_measure_benefit")
    truth = registers.truth
    assert (found["on_measure"] == (truth["provider"] > 0)).all()
    for code, name in enumerate(names[1:], start=1):
        assert (found[name] == (truth["provider"] == code)).all()
        assert found[name].any()
    assert (found["jobseeker"] == (truth["seeking"] > 0)).all()
    groups = found["jobseeker_group"].fillna("0").astype(int)
    assert (groups == truth["seeking"]).all()
    for code, name in enumerate((*claims, "on_measure_benefit"), start=5):
        assert (found[name] == (truth["claim"] == code)).all()


def test_upper_secondary_is_the_level_of_the_lives(registers: Any) -> None:
    found = registers.build("upper_secondary")["upper_secondary"]
    level = registers.truth["level"]
    known = level != 9
    assert (found[known] == level[known].between(4, 8)).all()
    assert found[known].nunique() == 2
    assert found[~known].isna().all()


def test_neet_falls_into_on_and_off_benefit(built: pd.DataFrame, registers: Any) -> None:
    found = registers.build("neet", "neet_on_benefit", "neet_off_benefit")
    early = found["month"] < REGISTER
    truth = registers.truth
    neet = (truth["employed"] == 0) & (truth["in_education"] == 0)
    assert (found["neet"][~early] == neet[~early]).all()
    assert (found["neet"][early & (truth["in_education"] == 1)] == 0).all()
    assert found["neet"][early & (truth["in_education"] == 0)].isna().all()
    parts = found["neet_on_benefit"] + found["neet_off_benefit"]
    assert not _differ(parts, found["neet"]).any()
    claims = [name for name in truth if name.startswith("on_")]
    on = (truth[claims].any(axis=1) | (truth["claim"] > 0) | (truth["sa_received"] == 1)) & neet
    assert (found["neet_on_benefit"][~early] == on[~early]).all()
    assert 0 < on.sum() < neet.sum()


def test_exits_by_where_a_person_stands(built: pd.DataFrame, registers: Any) -> None:
    found = registers.build("sa_exit", "sa_exit_employed", "sa_exit_in_education")
    truth = registers.truth
    gone, stayed = found["sa_exit"] == 1, found["sa_exit"] == 0
    late = found["month"] >= REGISTER
    assert (found["sa_exit_employed"][gone & late] == truth["employed"][gone & late]).all()
    assert found["sa_exit_employed"][gone & ~late].isna().all()
    assert (found["sa_exit_in_education"][gone] == truth["in_education"][gone]).all()
    for name in ("sa_exit_employed", "sa_exit_in_education"):
        assert (found[name][stayed] == 0).all()
        assert found[name][~gone & ~stayed].isna().all()
    # The panel's own tells to what they left: of the employed, some had the job before.
    to_work = (truth["sa_exit_work"] == 1) & late & gone
    assert (found["sa_exit_employed"][to_work] == 1).all()


def test_wages_hours_charges_and_incomes_are_sums_of_their_tables(registers: Any) -> None:
    names = ("earnings_nok", "contract_hours", "charges", "charged", "income_work")
    found = registers.build(*names).set_index(["person", "month"])
    jobs = registers.tables["job_month"].groupby(["person", "ym"])
    paid = found["earnings_nok"][found["earnings_nok"] > 0]
    wages = jobs["cash_wage_nok"].sum()
    assert sorted(paid) == sorted(wages[wages.index.isin(found.index)])
    assert (paid == wages.loc[paid.index].to_numpy()).all()
    assert found["earnings_nok"][found.index.get_level_values("month") < REGISTER].isna().all()
    hours = found.loc[paid.index, "contract_hours"].astype(float)
    assert np.allclose(hours, jobs["hours_week"].sum().loc[paid.index])
    assert found["charges"].sum() == len(registers.tables["charge"])
    assert (found["charged"] == (found["charges"] > 0)).all()
    work = registers.tables["income_year"].query("concept == 'wyrkinnt'")
    work = work.set_index(["person", "year"])["nok"]
    person, month = (found.index.get_level_values(key) for key in ("person", "month"))
    expected = work.reindex(pd.MultiIndex.from_arrays([person, month // 12])).to_numpy()
    assert not _differ(found["income_work"], expected).any()


def test_wages_and_kinds_of_charges_are_those_of_the_panel(registers: Any) -> None:
    kinds = ("property", "violence", "drugs", "traffic", "weekend")
    names = ("charged", *(f"charged_{kind}" for kind in kinds))
    found = registers.build("earnings_nok", *names)
    for name in ("earnings_nok", *names):
        assert not _differ(found[name], registers.truth[name]).any(), name
        assert (registers.truth[name] > 0).sum() > 5, name
