"""Offices: whom they serve, what they are, what they answer."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from data_synth.life.months import month_index, ym_of
from data_synth.life.persons import NEVER
from data_synth.life.policies import STATUSES
from data_synth.places.layout import Places, make_places
from data_synth.places.offices import OPERATORS, PROVISIONS
from data_synth.places.serving import office_of
from data_synth.places.survey import DEFINITIONS, REPORTED
from data_synth.world.loader import load_world, world_of
from data_synth.world.schema import World

UNKNOWN = REPORTED.index("unknown")


def variant(**tables: Any) -> World:
    return world_of("variant", {"extends": "published_null", "title": "variant", **tables})


@pytest.fixture(scope="module")
def places() -> Places:
    return make_places(load_world("published_null"))


def test_every_office_serves_and_every_municipality_is_served(places: Places) -> None:
    served = np.zeros(len(places.offices.ids), dtype=int)
    for first, count in zip(places.first_office, places.office_count, strict=True):
        served[first : first + count] += 1
    assert served.min() == 1
    assert served.max() == 2
    largest = int(np.argmax(places.share))
    assert places.office_count[largest] == 15
    assert (np.delete(places.office_count, largest) == 1).all()
    assert (served[places.first_office[largest] :][:15] == 1).all()
    shared = np.flatnonzero(served[places.first_office] == 2)
    assert (places.size_class[shared] == 0).all()
    small = (places.size_class == 0).sum()
    assert len(shared) / small == pytest.approx(0.10, abs=0.02)


def test_municipalities_that_share_an_office_lie_in_one_county() -> None:
    made = make_places(variant(offices={"shared": 1.0}))
    counties: dict[int, list[str]] = {}
    for code, office in zip(made.codes, made.first_office, strict=True):
        counties.setdefault(int(office), []).append(code[:2])
    pairs = [pair for pair in counties.values() if len(pair) > 1]
    assert len(pairs) > 60
    assert all(len(set(pair)) == 1 for pair in pairs)


def test_an_office_of_a_person_is_within_the_municipality(places: Places) -> None:
    muni = np.repeat(np.arange(357), 3)
    office = office_of(places, muni, np.tile([0.0, 0.5, np.nextafter(1.0, 0.0)], 357))
    first = places.first_office[muni]
    assert ((office >= first) & (office < first + places.office_count[muni])).all()
    assert office.max() == len(places.offices.ids) - 1


def test_offices_come_in_the_shares_asked(places: Places) -> None:
    offices = places.offices
    count = len(offices.ids)
    assert len(set(offices.ids)) == count

    def shares(values: np.ndarray[Any, Any], kinds: int) -> list[float]:
        return (np.bincount(values, minlength=kinds) / count).tolist()

    assert shares(offices.provision, 3) == pytest.approx([0.357, 0.375, 0.268], abs=0.003)
    assert shares(offices.strategy, 3) == pytest.approx([0.30, 0.40, 0.30], abs=0.003)
    assert shares(offices.aim, 3) == pytest.approx([0.50, 0.30, 0.20], abs=0.003)
    for field, share in (
        ("strict", 0.30),
        ("youth_unit", 0.60),
        ("refugee_unit", 0.27),
        ("dedicated_staff", 0.82),
    ):
        assert getattr(offices, field).mean() == pytest.approx(share, abs=0.003), field
    assert (offices.hours.min(), offices.hours.max()) == (6.0, 32.0)
    assert offices.hours.mean() == pytest.approx(19.0, abs=0.1)


def test_what_offices_are_is_drawn_apart(places: Places) -> None:
    offices = places.offices
    traits = np.stack(
        [offices.provision, offices.strict, offices.hours, offices.youth_unit, offices.aim]
    ).astype(float)
    assert np.abs(np.corrcoef(traits) - np.eye(5)).max() < 0.15


def test_measures_and_staff_follow_the_size(places: Places) -> None:
    offices = places.offices
    of_office = np.zeros(len(offices.ids), dtype=int)
    for first, count, size in zip(
        places.first_office, places.office_count, places.size_class, strict=True
    ):
        of_office[first : first + count] = size
    none = [(offices.municipal_measures[of_office == k] == 0).mean() for k in range(3)]
    assert none == pytest.approx([0.40, 0.30, 0.10], abs=0.02)
    several = [(offices.municipal_measures[of_office == k] >= 2).mean() for k in (0, 2)]
    assert several == pytest.approx([0.40, 0.90], abs=0.02)
    assert offices.municipal_measures.max() == 9
    assert offices.fte[of_office == 2].mean() == pytest.approx(152, rel=0.05)
    assert offices.fte[of_office == 0].mean() == pytest.approx(15, rel=0.05)
    run = offices.operator == OPERATORS.index("none")
    assert (run == (offices.municipal_measures == 0)).all()
    own = offices.operator == OPERATORS.index("office")
    assert own[~run & (of_office == 0)].mean() < own[~run & (of_office > 0)].mean()


def test_centres_are_open_from_the_start_unless_the_world_builds_them(places: Places) -> None:
    none = places.offices.provision == PROVISIONS.index("none")
    start = month_index(load_world("published_null").time.start)
    assert (places.offices.opened[~none] == start).all()
    assert (places.offices.opened[none] == NEVER).all()
    dates = {"opened_first": date(2017, 1, 1), "opened_last": date(2021, 12, 1)}
    slow = make_places(variant(offices=dates)).offices
    opened = slow.opened[slow.provision != PROVISIONS.index("none")] - month_index(date(2017, 1, 1))
    assert (slow.provision == places.offices.provision).all()
    assert (opened.min(), opened.max()) == (0, 59)
    by_year = np.bincount(opened // 12) / len(opened)
    assert by_year == pytest.approx(np.full(5, 0.2), abs=0.01)


def test_the_survey_is_answered_by_its_share_of_offices(places: Places) -> None:
    answered = places.reported_status != UNKNOWN
    single = places.office_count == 1
    assert answered[single].mean() == pytest.approx(0.605, abs=0.05)
    assert answered[int(np.argmax(places.share))]
    assert (places.reported_earliest[~answered] == NEVER).all()
    assert (places.reported_latest[~answered] == NEVER).all()
    for office in np.unique(places.first_office):
        assert len(set(answered[places.first_office == office])) == 1


def test_answers_hold_the_date_of_their_definition(places: Places) -> None:
    narrow = places.definition == DEFINITIONS.index("narrow")
    assert narrow.mean() == pytest.approx(0.5, abs=0.01)
    date_told = np.where(narrow, places.adopted_narrow, places.adopted)
    law = month_index(load_world("published_null").adoption.law)
    dated = places.reported_earliest != NEVER
    early, late = places.reported_earliest[dated], places.reported_latest[dated]
    assert ((early <= date_told[dated]) & (date_told[dated] <= late)).all()
    status = places.reported_status[dated]
    assert (status == np.select([date_told[dated] < law, date_told[dated] == law], [0, 1], 2)).all()
    assert (late[status == 0] < law).all()
    assert ((early == law) & (late == law))[status == 1].all()
    assert (early[status == 2] > law).all()
    lengths = (late - early + 1)[status == 0]
    assert set(lengths) == {6, 12}
    assert (lengths == 6).mean() == pytest.approx(0.6, abs=0.12)
    undated = ~dated & (places.reported_status != UNKNOWN)
    assert undated.any()
    assert (places.reported_status[undated] != 1).all()


def test_by_the_narrow_definition_some_early_ones_waited_for_the_law() -> None:
    made = make_places(variant(adoption={"narrow_later": 1.0, "narrow_answers": 1.0}))
    early = made.status == STATUSES.index("before")
    assert (made.reported_status[early] == REPORTED.index("at_law")).any()
    wide = make_places(variant(adoption={"narrow_later": 1.0, "narrow_answers": 0.0}))
    assert not (wide.reported_status[early] == REPORTED.index("at_law")).any()


def test_records_are_right_unless_the_world_says_otherwise(places: Places) -> None:
    assert (places.recorded_adopted == places.adopted).all()
    wrong = {"adoption_error_share": 0.5, "adoption_error_months": 9}
    made = make_places(variant(recording=wrong))
    law = month_index(load_world("published_null").adoption.law)
    off = made.recorded_adopted - made.adopted
    assert (made.adopted == places.adopted).all()
    assert (off[made.adopted == law] == 0).all()
    early = made.status == STATUSES.index("before")
    assert (off[early] != 0).mean() == pytest.approx(0.5, abs=0.1)
    assert set(np.abs(off[off != 0])) == set(range(1, 10))
    assert {True, False} == set((off[off != 0] > 0).tolist())
    assert (made.recorded_adopted[early] < law).all()
    assert (made.recorded_adopted[made.adopted > law] > law).all()
    told = (made.reported_earliest != NEVER) & (made.definition == DEFINITIONS.index("wide"))
    recorded = made.recorded_adopted[told]
    assert (made.reported_earliest[told] <= recorded).all()
    assert (recorded <= made.reported_latest[told]).all()
    assert (made.adopted[told] < made.reported_earliest[told]).any()


def test_a_wrong_record_never_moves_a_date_to_the_law() -> None:
    made = make_places(
        variant(
            recording={"adoption_error_share": 1.0, "adoption_error_months": 1},
            adoption={"after": date(2017, 2, 1)},
        )
    )
    late = made.status == STATUSES.index("after")
    assert {ym_of(int(day)) for day in made.recorded_adopted[late]} == {201703}
