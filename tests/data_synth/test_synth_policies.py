"""Coupled policies: agreement before they differ, and difference in the right direction."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import data_synth
from data_synth.panel.columns import STANDARD
from data_synth.world.loader import world_of

WINDOW = (date(2010, 1, 1), date(2019, 12, 31))
NARROW = [
    *STANDARD,
    "sa_nok",
    "sa_exit_work",
    "low_prior_use",
    "adoption_status",
    "condition_hours",
]
OUTCOMES = ["employed", "in_education", "sa_received", "sa_nok", "sa_entry", "sa_exit"]


def assert_same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """Every value, type and missing mark is equal."""
    assert list(one.dtypes) == list(other.dtypes)
    assert one.equals(other)


@lru_cache(maxsize=8)
def panel(world: str, policy: str) -> pd.DataFrame:
    return data_synth.person_month(
        data_synth.load_world(world),
        persons=25_000,
        seed=11,
        window=WINDOW,
        policy=policy,
        ages=(18, 33),
        columns=NARROW,
    )


def stayers(frame: pd.DataFrame) -> pd.Series:
    """Rows of those who never move: the duty where they live is that of ``muni_h``."""
    moved = frame["muni_h"].cat.codes != frame["muni_now"].cat.codes
    return ~moved.groupby(frame["person_id"]).transform("any")


def with_duty(**duty: Any) -> Any:
    return world_of("variant", {"extends": "published_null", "title": "variant", "duty": duty})


@pytest.mark.parametrize("policy", ["no_law", "no_adoption", "under_duty", "released"])
def test_null_world_changes_conditions_alone(policy: str) -> None:
    actual, other = panel("published_null", "actual"), panel("published_null", policy)
    of_conditions = ("condition_imposed", "condition_hours", "duty_months")
    same = [c for c in actual.columns if c not in of_conditions]
    assert_same(actual[same], other[same])
    assert not actual["condition_imposed"].equals(other["condition_imposed"])


def test_null_world_has_its_first_stage_where_conditions_were_rare() -> None:
    actual, other = panel("published_null", "actual"), panel("published_null", "no_adoption")
    stayed = stayers(actual)
    actual, other = actual[stayed], other[stayed]
    on = (
        (actual["sa_received"] == 1)
        & (actual["age_months"] < 360)
        & (actual["ym"] >= actual["adopted_ym"])
    )
    step = actual["condition_imposed"].astype(int) - other["condition_imposed"]
    low = actual["low_prior_use"] == 1
    assert (step[~low] == 0).all()
    leaving = actual["sa_exit"] == 1
    assert (step[~on & ~leaving & (actual["age_months"] != 360)] == 0).all()
    assert 0.22 < step[on & low].mean() < 0.34


def test_policies_agree_until_they_differ() -> None:
    actual = panel("work_effect", "actual")
    no_law, none = panel("work_effect", "no_law"), panel("work_effect", "no_adoption")
    stayed = stayers(actual)
    actual, no_law, none = (frame[stayed] for frame in (actual, no_law, none))
    early = actual["adoption_status"] == "before"
    assert_same(actual[early], no_law[early])
    before_law = actual["ym"] < 201701
    assert_same(actual[before_law], no_law[before_law])
    before_adoption = actual["ym"] < actual["adopted_ym"]
    assert_same(actual[before_adoption], none[before_adoption])


def test_work_effect_raises_exits_and_employment_and_lowers_receipt() -> None:
    actual, none = panel("work_effect", "actual"), panel("work_effect", "no_adoption")
    on = (actual["age_months"] < 360) & (actual["ym"] >= actual["adopted_ym"])
    change = {c: actual[c][on].mean() - none[c][on].mean() for c in OUTCOMES}
    assert change["sa_exit"] > 0.02
    assert change["sa_received"] < -0.002
    assert change["employed"] > 0.002


def test_exits_at_the_cutoff_only_gain() -> None:
    actual, longer = panel("work_effect", "actual"), panel("work_effect", "under_duty")
    at = actual["age_months"].between(361, 372) & actual["sa_exit"].notna()
    gain = longer["sa_exit"][at] - actual["sa_exit"][at]
    assert set(np.unique(gain)) == {0.0, 1.0}
    gained = gain[gain == 1].index
    assert (longer["employed"][gained] == 1).all()
    kept = at & ~actual.index.isin(gained)
    assert (longer["employed"][kept] == actual["employed"][kept]).all()


@pytest.mark.parametrize(
    ("duty", "column", "sign"),
    [
        ({"entry": 0.5, "entry_response": "current"}, "sa_entry", -1),
        ({"exit_to_nothing": 2.0}, "sa_exit", 1),
        ({"exit_to_nothing": 0.5}, "sa_exit", -1),
        ({"exit_to_education": 3.0}, "in_education", 1),
    ],
)
def test_each_multiplier_moves_its_flow(duty: dict[str, Any], column: str, sign: int) -> None:
    world = with_duty(**duty)
    means = {}
    for policy in ("actual", "no_adoption"):
        frame = data_synth.person_month(
            world,
            persons=15_000,
            seed=5,
            ages=(18, 30),
            window=(date(2017, 1, 1), date(2019, 12, 31)),
            policy=policy,
            columns=["age_months", column],
        )
        means[policy] = frame.loc[frame["age_months"] < 360, column].mean()
    assert sign * (means["actual"] - means["no_adoption"]) > 0


def test_switching_the_duty_for_one_month_leaves_histories_as_they_were():
    world = data_synth.load_world("work_effect")
    asked = {
        "persons": 10_000,
        "ages": (27, 33),
        "seed": 4,
        "window": (date(2017, 1, 1), date(2018, 12, 31)),
    }
    actual, under, released = (
        data_synth.person_month(world, policy=policy, **asked)
        for policy in ("actual", "under_duty", "released")
    )
    at_risk = actual["sa_exit"].notna()
    for switched in (under, released):
        # Who is at risk this month was settled before it began.
        assert (switched["sa_exit"].notna() == at_risk).all()
    young, old = actual["age_months"] < 360, actual["age_months"] > 360
    in_force = actual["ym"] >= actual["adopted_ym"]
    same = ["sa_exit", "employed", "condition_imposed"]
    pd.testing.assert_frame_equal(
        under.loc[young & in_force, same], actual.loc[young & in_force, same]
    )
    pd.testing.assert_frame_equal(released.loc[old, same], actual.loc[old, same])
    assert under["sa_exit"].mean() > released["sa_exit"].mean()
