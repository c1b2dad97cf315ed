"""What registers get wrong: the same whatever is asked for, and consistent with itself."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import data_synth

WHOLE = (date(2010, 1, 1), date(2018, 12, 31))


@lru_cache(maxsize=8)
def panel(world: str, policy: str = "actual", recorded: bool = True) -> pd.DataFrame:
    return data_synth.person_month(
        data_synth.load_world(world),
        persons=12_000,
        seed=9,
        window=WHOLE,
        ages=(20, 34),
        policy=policy,
        recorded=recorded,
    )


@pytest.mark.parametrize("world", ["attrition", "date_error", "register_break_2015"])
def test_faults_are_the_same_whatever_the_window(world: str) -> None:
    part = data_synth.person_month(
        data_synth.load_world(world),
        persons=12_000,
        seed=9,
        window=(date(2014, 6, 1), date(2015, 3, 31)),
        ages=(20, 34),
    )
    whole = panel(world)
    inside = whole[whole["ym"].between(201406, 201503)].reset_index(drop=True)
    assert part.equals(inside)
    assert not part.equals(panel("published_null").merge(part[["person_id", "ym"]]))


def test_the_break_moves_employment_and_nothing_else() -> None:
    recorded, true = panel("register_break_2015"), panel("register_break_2015", recorded=False)
    others = [name for name in recorded if name != "employed"]
    assert recorded[others].equals(true[others])
    missed = true["employed"] - recorded["employed"]
    early = recorded["ym"] < 201501
    assert (missed[~early] == 0).all()
    assert missed[early].sum() / true["employed"][early].sum() == pytest.approx(0.30, abs=0.02)


def test_late_spells_hang_together() -> None:
    recorded, true = panel("date_error"), panel("date_error", recorded=False)
    rows = ["person_id", "ym"]
    pd.testing.assert_frame_equal(recorded[rows], true[rows])
    dropped = (true["sa_received"] == 1) & (recorded["sa_received"] == 0)
    assert (true["sa_entry"][dropped] == 1).all()
    assert dropped.sum() / (true["sa_entry"] == 1).sum() == pytest.approx(0.20, abs=0.04)
    follows = (recorded["person_id"].diff() == 0) & (recorded["age_months"].diff() == 1)
    before = recorded["sa_received"].shift()[follows]
    assert (recorded["sa_exit"].notna()[follows] == (before == 1)).all()
    step = recorded["duty_months"].diff()[follows]
    assert set(np.unique(step)) == {0.0, 1.0}
    assert (recorded["sa_received"][follows][step == 1] == 1).all()


def test_the_lost_stay_lost_and_more_under_the_duty() -> None:
    recorded, true = panel("attrition"), panel("attrition", recorded=False)
    last = recorded.groupby("person_id")["ym"].max()
    ended = true.groupby("person_id")["ym"].max()
    lost = last < ended.reindex(last.index)
    assert 0.01 < lost.mean() < 0.2
    ever = true.groupby("person_id")["duty_months"].max().reindex(last.index) > 0
    assert lost[ever].mean() > 2 * lost[~ever].mean()


def test_what_is_carried_over_leaves_nothing_to_release_at_the_cutoff() -> None:
    asked: dict[str, Any] = {
        "persons": 60_000,
        "seed": 2,
        "window": (date(2018, 1, 1), date(2018, 12, 31)),
        "ages": (28, 31),
        "columns": ["sa_exit", "duty_months", "sa_received", "age_months"],
    }
    world = data_synth.load_world("carry_over")
    under, released = (
        data_synth.person_month(world, policy=policy, **asked)
        for policy in ("under_duty", "released")
    )
    differs = (under["sa_exit"] != released["sa_exit"]) & under["sa_exit"].notna()
    # Months before this one: what is counted this month is the policy's own doing.
    been = released["duty_months"] > 0
    assert differs.any()
    assert not (differs & been).any()


def test_provision_is_none_before_a_centre_opens() -> None:
    frame = panel("slow_provision")
    early, late = frame["ym"] < 201707, frame["ym"] >= 201801
    assert (frame["provision"][early] == "none").all()
    assert (frame["provision"][late] != "none").any()
