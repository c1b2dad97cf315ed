"""The duty's strength by what offices offer and what they do with those who come."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import data_synth
from data_synth.life.months import month_index
from data_synth.life.strength import entry_part, strength
from data_synth.places.layout import make_places
from data_synth.places.offices import PROVISIONS, STRATEGIES
from data_synth.places.serving import office_of
from data_synth.world.loader import world_of

PERSONS = 400
NOW = month_index(date(2018, 6, 1))


def of(**tables: Any) -> tuple[SimpleNamespace, SimpleNamespace, np.ndarray, Any]:
    """Recipients spread over municipalities, in a month in which they feel the duty wholly."""
    world = world_of("variant", {"extends": "published_null", "title": "variant", **tables})
    places, generator = make_places(world), np.random.default_rng(3)
    count = len(places.codes)
    muni, district = generator.integers(0, count, PERSONS), generator.random(PERSONS)
    persons = SimpleNamespace(district=district, need=np.zeros(PERSONS), effort=np.zeros(PERSONS))
    state = SimpleNamespace(muni=muni, duty_months=np.zeros(PERSONS, dtype=int))
    month = SimpleNamespace(
        world=world, places=places, persons=persons, index=NOW,
        felt=np.ones(PERSONS), force=np.zeros(PERSONS, dtype=int),
    )  # fmt: skip
    return state, month, office_of(places, muni, district), places.offices


def test_strength_is_the_product_of_regime_provision_and_strategy() -> None:
    duty = {"strict": 1.8, "mild": 0.4, "provision": [1.4, 1.0, 0.0], "strategy": [0.5, 1.5, 1.2]}
    state, month, office, offices = of(duty=duty)
    at = np.arange(PERSONS)
    found = strength(state, month, at, np.ones(PERSONS, dtype=bool))
    by_hand = [
        (1.8 if offices.strict[one] else 0.4)
        * dict(zip(PROVISIONS, duty["provision"], strict=True))[PROVISIONS[offices.provision[one]]]
        * dict(zip(STRATEGIES, duty["strategy"], strict=True))[STRATEGIES[offices.strategy[one]]]
        for one in office
    ]
    np.testing.assert_allclose(found, by_hand)
    assert len(np.unique(np.round(found, 6))) == 13  # two by two by three, and zero


def test_a_centre_that_has_not_opened_is_none() -> None:
    opening = {"opened_first": date(2017, 1, 1), "opened_last": date(2020, 1, 1)}
    state, month, office, offices = of(duty={"provision": [1.0, 1.0, 0.25]}, offices=opening)
    found = strength(state, month, np.arange(PERSONS), np.ones(PERSONS, dtype=bool))
    closed = offices.opened[office] > NOW
    assert 0 < closed.sum() < PERSONS
    np.testing.assert_array_equal(found, np.where(closed, 0.25, 1.0))


def test_part_of_the_effect_on_entry_by_strategy() -> None:
    state, month, office, offices = of(duty={"entry_strategy": [1.0, 0.5, 0.0]})
    found = entry_part(state, month, np.arange(PERSONS))
    np.testing.assert_array_equal(found, np.array([1.0, 0.5, 0.0])[offices.strategy[office]])
    assert entry_part(*of()[:2], np.arange(PERSONS)) == 1.0


def test_narrow_conditions_are_those_of_the_register() -> None:
    """Work training (16) or a course (17), independent of each other: 0.30 and 0.25."""
    frame = data_synth.person_month(
        data_synth.load_world("published_null"), persons=6_000, seed=4, ages=(20, 40),
        window=(date(2016, 1, 1), date(2018, 12, 31)),
        columns=["condition_imposed", "condition_narrow"],
    )  # fmt: skip
    imposed, narrow = frame["condition_imposed"] == 1, frame["condition_narrow"] == 1
    assert not (narrow & ~imposed).any()
    assert narrow.sum() / imposed.sum() == pytest.approx(1 - 0.70 * 0.75, abs=0.06)


def test_the_file_of_regimes_is_that_of_its_world(root: Path) -> None:
    from data_synth.tables.office import make_office

    offices = make_office(data_synth.load_world("office_strategies"))
    offices = offices.drop_duplicates("office_id").rename(columns={"sanction_regime": "regime"})
    told = pd.read_csv(
        root / "specs" / "studies" / "sanction_regimes_offices.csv", keep_default_na=False
    )
    names = ["office_id", "regime", "strategy", "provision"]
    assert list(told.columns) == names
    assert told.to_numpy().tolist() == offices[names].to_numpy().tolist()
