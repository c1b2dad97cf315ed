"""The panel built of registers is the world's own panel, row by row."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from data_synth.life.lives import Status
from data_synth.life.months import month_index
from data_synth.life.plan import plan_chunks
from data_synth.panel.frame import record_chunk
from data_synth.world.loader import load_world
from tests.data.registers.panel.conftest import AGES, PERSONS, SEED, SHAPES, WINDOW, Deliveries

BASE = (
    "birth_ym", "age_months", "exposure_share", "female", "immigrant", "country_group",
    "resident", "obs_status",
)  # fmt: skip
MONTHLY = ("sa_received", "in_education", "on_disability", "on_programme", "on_introduction")
PLACES = ("muni_now", "muni_h", "office_id", "sanction_regime")


@pytest.mark.parametrize("shape", SHAPES)
def test_every_row_is_there_and_every_value_the_same(deliveries: Deliveries, shape: str) -> None:
    built, truth = deliveries.keyed(shape), deliveries.truth
    both = truth.merge(built, on=["key", "ym"], how="outer", suffixes=("", "_built"))
    assert len(both) == len(truth) == len(built)
    named = [*BASE, *MONTHLY, *PLACES, "sa_nok", "sa_nok_real"]
    for name in named:
        true, found = both[name].astype(object), both[f"{name}_built"].astype(object)
        same = (true == found) | (true.isna() & found.isna())
        assert same.all(), f"{name}: {int((~same).sum())} of {len(both)} rows differ"
    # Two muted constants would pass the comparison above.
    assert both["sa_received"].sum() > 0 and both["exposure_share"].between(0.01, 0.99).any()


def test_months_without_a_row_are_counted_as_the_world_has_them(deliveries: Deliveries) -> None:
    world = load_world("published_null")
    first, last = (month_index(day) for day in WINDOW)
    counts = dict.fromkeys(Status, 0)
    for chunk in plan_chunks(world, PERSONS, AGES, (first, last)):
        lives = record_chunk(world, chunk, SEED, "actual", first, last)
        ever = (lives.status == Status.IN).any(axis=0)
        age = (first + np.arange(lives.months))[:, None] - lives.persons.birth
        asked = (age >= AGES[0] * 12) & (age < (AGES[1] + 1) * 12) & ever
        for status in Status:
            counts[status] += int(((lives.status == status) & asked).sum())
    statuses = deliveries.built("tables").statuses
    assert statuses == {
        "in": counts[Status.IN],
        "dead": counts[Status.DEAD],
        "emigrated": counts[Status.EMIGRATED],
        "before data": counts[Status.BEFORE],
        "unlinked": counts[Status.LOST],
    }
    assert statuses["emigrated"] > 0


def test_where_a_source_is_silent_a_month_is_missing_and_never_0(deliveries: Deliveries) -> None:
    built = deliveries.keyed("tables")
    # The work assessment allowance begins in March 2010.
    before = built["ym"] < 201003
    assert built.loc[before, "on_aap"].isna().all() and built.loc[~before, "on_aap"].notna().all()


def test_rows_stand_by_person_and_month_in_types_of_the_direct_panel(
    deliveries: Deliveries,
) -> None:
    built = deliveries.built("tables")
    frame = pd.concat([pd.read_parquet(file) for file in built.files])
    assert frame.index.size == built.rows
    assert list(frame.columns) == list(built.columns)
    order = frame["person_id"] * 1_000_000 + frame["ym"]
    assert order.is_monotonic_increasing and order.is_unique
    for name in ("person_id", "ym", "age_months", "exposure_share", "female", "sa_received"):
        assert frame[name].dtype == deliveries.truth[name].dtype, name
    assert WINDOW[0] == dt.date(2010, 1, 1)
