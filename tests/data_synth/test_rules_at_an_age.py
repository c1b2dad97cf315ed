"""Worlds whose rule is one by age: where it ends, where it holds and since when."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

import data_synth

COLUMNS = (
    "person_id", "ym", "age_months", "exposure_share", "adoption_status", "muni_h", "muni_now",
    "sa_received", "duty_months", "sa_nok_real", "sa_exit",
)  # fmt: skip


def rows(world: str, ages: tuple[int, int], policy: str = "actual") -> pd.DataFrame:
    return data_synth.person_month(
        data_synth.load_world(world), persons=20_000, seed=3, policy=policy, ages=ages,
        window=(dt.date(2012, 7, 1), dt.date(2018, 12, 31)), columns=COLUMNS,
    )  # fmt: skip


def test_the_age_of_release_moves_all_that_follows_from_it() -> None:
    young = rows("release_at_25", (24, 25))
    assert (young.loc[young["age_months"] < 300, "exposure_share"] == 1).all()
    assert (young.loc[young["age_months"] > 300, "exposure_share"] == 0).all()
    assert young.loc[young["age_months"] == 300, "exposure_share"].between(0, 1).all()
    grown = young.groupby("person_id")["duty_months"].diff()
    assert not grown[young["age_months"] > 300].gt(0).any()
    assert grown[young["age_months"] < 300].gt(0).any()
    under, released = (rows("release_at_25", (24, 25), one) for one in ("under_duty", "released"))
    for below, same in ((True, under), (False, released)):
        side = young["age_months"].lt(300) if below else young["age_months"].gt(300)
        law = young["ym"] >= 201801  # in force everywhere
        pd.testing.assert_frame_equal(young[side & law], same[side & law])


@pytest.mark.parametrize(("world", "share"), [("benefit_jump_30", 0.55), ("two_rules_at_30", 0.7)])
def test_the_lower_benefit_holds_below_30_where_and_when_it_should(world, share) -> None:
    under, released = (rows(world, (28, 31), one) for one in ("under_duty", "released"))
    both = under.merge(released, on=["person_id", "ym"], suffixes=("", "_released"))
    paid = both[(both["sa_received"] == 1) & (both["sa_received_released"] == 1)]
    ratio = paid["sa_nok_real"] / paid["sa_nok_real_released"]
    ruled = (paid["ym"] >= 201301) & (paid["adoption_status"] == "at_law")
    assert ratio[ruled].sub(share).abs().max() < 0.01
    assert ruled.any() and (~ruled).any()
    assert (ratio[~ruled] == 1).all()
