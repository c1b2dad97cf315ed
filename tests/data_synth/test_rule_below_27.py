"""The rule below 27: off assistance, not out of idleness; conditions as the only road to work."""

from __future__ import annotations

import datetime as dt

import data_synth

WINDOW = (dt.date(2017, 7, 1), dt.date(2018, 12, 31))


def test_the_young_are_moved_off_assistance_and_stay_outside_work_and_studies() -> None:
    columns = ("person_id", "ym", "age_months", "sa_received", "employed", "in_education")
    runs = [
        data_synth.person_month(
            data_synth.load_world("under_27_rule"), persons=40_000, seed=3, policy=policy,
            ages=(25, 28), window=WINDOW, columns=columns,
        )
        for policy in ("actual", "no_law")
    ]  # fmt: skip
    means = []
    for run in runs:
        outside = (run["employed"] == 0) & (run["in_education"] == 0)
        young = run["age_months"] < 324
        on = outside & (run["sa_received"] == 1)
        means.append((on[young].mean(), (outside & ~on)[young].mean(), outside[young].mean()))
    on, off, all_in_all = (with_law - without for with_law, without in zip(*means, strict=True))
    assert on < -0.003
    assert off > 0.003
    assert abs(all_in_all) < abs(on) / 2


def test_a_condition_is_the_only_road_on_which_the_duty_moves_anybody() -> None:
    columns = ("person_id", "ym", "sa_exit", "sa_exit_work", "condition_imposed")
    under, released = (
        data_synth.person_month(
            data_synth.load_world("work_through_conditions"), persons=40_000, seed=3,
            policy=policy, ages=(29, 29), window=WINDOW, columns=columns,
        )
        for policy in ("under_duty", "released")
    )  # fmt: skip
    both = under.merge(released, on=["person_id", "ym"], suffixes=("", "_released"))
    both = both[both["sa_exit"].notna()]
    same = both["condition_imposed"] == both["condition_imposed_released"]
    moved = both["sa_exit_work"] != both["sa_exit_work_released"]
    assert moved.any()
    assert not (moved & same).any()
    assert 0.3 < (both["condition_imposed"] - both["condition_imposed_released"]).mean() < 0.7
