"""Municipalities, offices and adoption built from registers equal those of the direct panel."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.data.registers.municipalities.conftest import Country

SAME = ("muni_h", "muni_now", "office_id", "sanction_regime", "provision")
SURVEY = ("adopted_earliest", "adopted_latest")


@pytest.fixture(scope="module")
def built(country: Country) -> pd.DataFrame:
    """Return the panel."""
    return country.build(*SAME, *SURVEY, "duty_months")


def test_it_has_the_rows_of_the_panel(country: Country, built: pd.DataFrame) -> None:
    """Every person and month, and none besides."""
    pd.testing.assert_frame_equal(
        built[["person_id", "ym"]], country.truth[["person_id", "ym"]], check_dtype=False
    )


@pytest.mark.parametrize("name", SAME)
def test_a_place_is_that_of_the_panel(country: Country, built: pd.DataFrame, name: str) -> None:
    """Through mergers, recoded counties, divided municipalities, shared and district offices."""
    assert built[name].tolist() == country.truth[name].tolist()
    assert built[name].nunique() > 1


def test_the_delivery_has_what_makes_places_hard(country: Country) -> None:
    """Codes change while persons stay, and a municipality is divided between two others."""
    crosswalk, residence = country.tables["muni_crosswalk"], country.tables["residence"]
    assert (crosswalk["weight"] < 1).sum() > 3
    assert residence.groupby("person")["municipality"].nunique().max() > 2
    assert country.tables["office"]["district"].notna().any()
    changed = country.truth.groupby("person_id")["muni_now"].nunique()
    assert (changed == 1).sum() > 20


@pytest.mark.parametrize("name", SURVEY)
def test_an_interval_is_that_of_the_survey(
    country: Country, built: pd.DataFrame, name: str
) -> None:
    """Months as YYYYMM, missing where the municipality said nothing."""
    np.testing.assert_array_equal(built[name].to_numpy(float), country.truth[name].to_numpy(float))
    assert built[name].isna().any()
    assert built[name].notna().any()


def test_duty_months_are_those_of_the_panel_wherever_the_survey_tells(
    country: Country, built: pd.DataFrame
) -> None:
    """Missing, never wrong, from the first month that may or may not have been under the duty."""
    found, truth = built["duty_months"], country.truth["duty_months"]
    known = found.notna()
    assert found[known].tolist() == truth[known].tolist()
    assert (found[known] > 0).sum() > 100
    # It is missing only of recipients below 30, whose municipality said nothing or an interval.
    never = ~country.truth["person_id"].isin(
        country.truth.loc[country.truth["sa_received"] == 1, "person_id"]
    )
    assert known[never].all()
    assert 0 < (~known).mean() < 0.5


def test_duty_months_lie_between_those_by_the_earliest_and_the_latest_month(
    country: Country,
) -> None:
    """Counting from either end of the answered interval bounds the truth."""
    early, late = (
        country.build("duty_months", columns={"duty_months": {"uncertain": end}})["duty_months"]
        for end in ("earliest", "latest")
    )
    truth = country.truth["duty_months"]
    assert (early >= truth)[early.notna()].all()
    assert (late <= truth)[late.notna()].all()
    assert (early > late).any()


def test_months_before_the_delivery_can_make_the_count_missing(country: Country) -> None:
    """Where the first municipality may have demanded activity before the first month."""
    later = {"first": pd.Timestamp(2014, 1, 1).date()}
    counted = country.build("duty_months", **later)
    strict = country.build(
        "duty_months", "muni_h", columns={"duty_months": {"before_data": "missing"}}, **later
    )
    assert strict["duty_months"].isna().sum() > counted["duty_months"].isna().sum()
    both = strict["duty_months"].notna()
    stayed = country.truth.groupby("person_id")["muni_now"].nunique() == 1
    truth = country.truth[country.truth["ym"] >= 201401].reset_index(drop=True)
    both &= truth["person_id"].map(stayed)
    assert strict.loc[both, "duty_months"].tolist() == truth.loc[both, "duty_months"].tolist()
    assert (counted["duty_months"].fillna(0) <= truth["duty_months"]).all()


def test_a_window_and_ages_change_no_place(country: Country) -> None:
    """Frozen at the first month of the delivery, at whatever age."""
    young = country.build("muni_h", "muni_now", "office_id", ages=(28, 31))
    truth = country.truth[country.truth["age_months"].between(28 * 12, 31 * 12 + 11)]
    for name in ("muni_h", "muni_now", "office_id"):
        assert young[name].tolist() == truth[name].tolist()


def test_residence_can_be_frozen_at_a_date(country: Country) -> None:
    """`muni_at`, and offices at a date: the panel's values of that month, in every month."""
    at = pd.Timestamp(2016, 12, 31).date()
    columns = {"muni_at": {"date": at}, "office": {"at": at}}
    built = country.build("muni_at", "office_id", columns=columns)
    then = country.truth[country.truth["ym"] == 201612].set_index("person_id")
    for name, now in (("muni_at", "muni_now"), ("office_id", "office_id")):
        wanted = built["person_id"].map(then[now]).astype("object")
        assert built[name].fillna("").tolist() == wanted.fillna("").tolist()
