"""The truth of a synthetic panel against brute force: the same persons under two policies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

import data_synth
from evaluation.data import truth
from evaluation.data.coupled import coupled_sample
from evaluation.data.functionals.contract import Key, Truth
from evaluation.data.prepare import Prepared, prepare
from evaluation.data.sources import open_source
from evaluation.spec.spec import Spec

WINDOW = (dt.date(2016, 1, 1), dt.date(2018, 6, 30))
PERSONS, SEED, AGES = 30_000, 7, (27, 33)


def truths(*asked: Any, **named: Any) -> Mapping[Key, Truth]:
    return truth.truths(*asked, **named).found


def panel(world: str, **keys: Any) -> dict[str, Any]:
    return {
        "source": "synthetic", "world": world, "persons": PERSONS, "seed": SEED,
        "unit": "person_id", "time": "ym", "time_unit": "month", "window": list(WINDOW),
        "ages": list(AGES), **keys,
    }  # fmt: skip


@pytest.fixture(autouse=True)
def once(simulate, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runs of one world under one policy be simulated once for all tests."""
    monkeypatch.setattr(data_synth, "person_month", simulate)


def brute(world: str, policy: str) -> pd.DataFrame:
    return data_synth.person_month(
        data_synth.load_world(world), persons=PERSONS, seed=SEED, window=WINDOW, policy=policy,
        ages=AGES, recorded=False,
    )  # fmt: skip


def effect(rows: pd.Series, first: pd.DataFrame, second: pd.DataFrame, column: str) -> float:
    """Mean under one policy less the mean under the other, over the same person-months."""
    return float(first.loc[rows, column].mean() - second.loc[rows, column].mean())


AGE_DID: dict[str, Any] = {
    "sample": {
        "keep": [{"column": "age_months", "at_least": 330, "below": 400}],
        "drop_periods": [[dt.date(2016, 7, 1), dt.date(2016, 12, 31)]],
    },
    "outcomes": {
        "employed": {"column": "employed", "kind": "binary"},
        "condition": {"column": "condition_imposed", "kind": "binary"},
    },
    "design": {
        "kind": "did",
        "reform_date": dt.date(2017, 1, 1),
        "treated": {"column": "age_months", "below": 360, "assigned_at": "period_start"},
        "control": {"column": "age_months", "at_least": 372},
    },
    "models": [
        {"id": "relative", "estimand": "att_relative", "estimator": "twfe"},
        {"id": "own", "estimand": "att", "estimator": "twfe"},
        {"id": "women", "estimand": "att_relative", "estimator": "twfe",
         "keep": [{"column": "female", "equals": 1}]},
        {"id": "path", "estimand": "att_by_event_time", "estimator": "twfe_event_study",
         "event_bin": "quarter"},
    ],
}  # fmt: skip
RD: dict[str, Any] = {
    "sample": {"rows": "at_risk_exit"},
    "outcomes": {
        "sa_exit": {"column": "sa_exit", "kind": "binary"},
        "employed": {"column": "employed", "kind": "binary"},
    },
    "design": {
        "kind": "rd",
        "running_variable": {"column": "age_months", "discrete": True},
        "cutoff": 360,
        "treated_side": "below",
        "donut": 1,
        "reform_date": dt.date(2017, 1, 1),
    },
    "models": [
        {"id": "post", "estimand": "itt_at_cutoff", "estimator": "rd_robust", "periods": "post"},
    ],
}
ADOPTION: dict[str, Any] = {
    "sample": {
        "rows": {"by": ["muni_h"]},
        "keep": [{"column": "age_months", "at_least": 216, "below": 360}],
    },
    "outcomes": {"condition": {"column": "condition_imposed", "kind": "binary"}},
    "design": {
        "kind": "staggered_did",
        "cohort": {"column": "adopted_ym", "never": "missing"},
        "control_group": "not_yet_treated",
    },
    "models": [{"id": "cs", "estimand": "att_gt", "estimator": "group_time_att"}],
}


@pytest.fixture
def pair(tiny):
    def make(world: str, tables: dict[str, Any], **keys: Any):
        spec: Spec = tiny.spec(panel=panel(world, **keys), **tables)
        prepared: Prepared = prepare(spec, open_source(spec))
        return spec, coupled_sample(spec, prepared)

    return make


def test_difference_in_differences(pair) -> None:
    spec, coupled = pair("work_effect", AGE_DID)
    first, second = brute("work_effect", "actual"), brute("work_effect", "no_law")
    age, ym = first["age_months"], first["ym"]
    kept = age.between(330, 399) & ~ym.between(201607, 201612)
    treated, control = kept & (age - 1 < 360), kept & (age >= 372)
    control &= ~treated
    post = ym >= 201701
    for name, column in (("employed", "employed"), ("condition", "condition_imposed")):
        outcome = spec.outcomes[name]
        on_treated = effect(treated & post, first, second, column)
        on_control = effect(control & post, first, second, column)
        (found,) = truths(coupled, spec, spec.model("own"), outcome).values()
        assert found.value == pytest.approx(on_treated, abs=1e-12)
        (found,) = truths(coupled, spec, spec.model("relative"), outcome).values()
        assert found.value == pytest.approx(on_treated - on_control, abs=1e-12)
        assert found.value != 0 and found.error > 0
        women = first["female"].eq(1) & post
        (found,) = truths(coupled, spec, spec.model("women"), outcome).values()
        assert found.value == pytest.approx(
            effect(treated & women, first, second, column)
            - effect(control & women, first, second, column),
            abs=1e-12,
        )


def test_event_time_in_quarters(pair) -> None:
    spec, coupled = pair("work_effect", AGE_DID)
    first, second = brute("work_effect", "actual"), brute("work_effect", "no_law")
    age, ym = first["age_months"], first["ym"]
    quarter = (ym // 100 - 2017) * 4 + (ym % 100 - 1) // 3
    kept = age.between(330, 399) & ~ym.between(201607, 201612)
    found = truths(coupled, spec, spec.model("path"), spec.outcomes["condition"])
    times = sorted(set(quarter[kept]))
    assert {key.event_time for key in found} == set(times)
    for time in times:
        now = kept & (quarter == time)
        expected = effect(now & (age <= 360), first, second, "condition_imposed")
        expected -= effect(now & (age >= 372), first, second, "condition_imposed")
        value = found[Key("att_by_event_time", event_time=int(time))].value
        assert value == pytest.approx(expected, abs=1e-12)
        assert value == 0 or time >= 0
    assert any(truth.value for truth in found.values())


def test_release_at_30(pair) -> None:
    spec, coupled = pair("work_effect", RD)
    first, second = brute("work_effect", "under_duty"), brute("work_effect", "released")
    model = spec.model("post")
    by_age = [
        rows[rows["age_months"].between(348, 360) & rows["ym"].ge(201701)]
        .groupby("age_months")["sa_exit"]
        for rows in (first, second)
    ]  # fmt: skip
    differences = by_age[0].mean() - by_age[1].mean()
    root = np.sqrt(by_age[0].count().to_numpy(float))
    expected = np.polyfit(differences.index - 360, differences, 1, w=root)[1]
    found = truths(coupled, spec, model, spec.outcomes["sa_exit"])
    assert found[Key("itt_at_cutoff")].value == pytest.approx(expected, abs=1e-7)
    assert found[Key("itt_at_cutoff")].value > 0
    assert truths(coupled, spec, model, spec.outcomes["employed"]) == {}


def test_adoption(pair) -> None:
    spec, coupled = pair("work_effect", ADOPTION, period="quarter")
    first, second = brute("work_effect", "actual"), brute("work_effect", "no_adoption")
    kept = first["age_months"].between(216, 359)
    frames = []
    for rows in (first, second):
        rows = rows[kept].assign(quarter=rows["ym"] // 100 * 4 + (rows["ym"] % 100 - 1) // 3)
        person = rows.groupby(["muni_h", "adopted_ym", "person_id", "quarter"], observed=True)
        months = person["condition_imposed"].mean().reset_index()
        frames.append(months)
    both = frames[0].assign(effect=frames[0]["condition_imposed"] - frames[1]["condition_imposed"])
    cohort = both["adopted_ym"] // 100 * 4 + (both["adopted_ym"] % 100 - 1) // 3
    both = both.assign(time=both["quarter"] - cohort, cohort=cohort)
    always = both["cohort"] <= both["quarter"].min()
    after = both[(both["time"] >= 0) & ~always]
    found = truths(coupled, spec, spec.model("cs"), spec.outcomes["condition"])
    assert found[Key("att")].value == pytest.approx(after["effect"].mean(), abs=1e-12)
    for time, rows in after.groupby("time"):
        value = found[Key("att_by_event_time", event_time=int(time))].value
        assert value == pytest.approx(rows["effect"].mean(), abs=1e-12)
    # Before adoption too: those who have moved to a municipality that adopted earlier.
    checked = 0
    for (one, when), rows in both[~always].groupby(["cohort", "quarter"]):
        label = [f"{int(q) // 4}Q{int(q) % 4 + 1}" for q in (one, when)]
        key = Key("att_gt", label[0], label[1], int(when - one))
        assert found[key].value == pytest.approx(rows["effect"].mean(), abs=1e-12)
        checked += 1
    assert checked == sum(key.estimand == "att_gt" for key in found)
    assert any(key.event_time < 0 for key in found if key.event_time is not None)


@pytest.mark.parametrize("model", ["relative", "own", "women", "path"])
def test_a_null_is_exactly_zero(pair, model: str) -> None:
    spec, coupled = pair("published_null", AGE_DID)
    found = truths(coupled, spec, spec.model(model), spec.outcomes["employed"])
    assert found
    assert {(truth.value, truth.error) for truth in found.values()} == {(0.0, 0.0)}
    imposed = truths(coupled, spec, spec.model(model), spec.outcomes["condition"])
    assert any(truth.value > 0 for truth in imposed.values())


def test_only_the_cutoff_of_the_world_has_a_truth(pair) -> None:
    tables = {**RD, "design": {**RD["design"], "cutoff": 348}}
    spec, coupled = pair("work_effect", tables)
    assert truths(coupled, spec, spec.model("post"), spec.outcomes["sa_exit"]) == {}


def test_the_treated_side_gives_the_sign(pair) -> None:
    values = {}
    for side in ("below", "above"):
        tables = {**RD, "design": {**RD["design"], "treated_side": side}}
        spec, coupled = pair("work_effect", tables)
        (found,) = truths(coupled, spec, spec.model("post"), spec.outcomes["sa_exit"]).values()
        values[side] = found.value
    assert values["below"] == -values["above"] > 0


def test_blocks_follow_the_unit_whatever_the_sample(pair) -> None:
    """Recipients differ between policies; a unit must be in one block in both runs."""
    tables = {**AGE_DID, "sample": {**AGE_DID["sample"], "denominator": "recipients"}}
    spec, coupled = pair("work_effect", tables)
    frames = [run.panel.frame["person_id"] for run in (coupled.with_policy, coupled.without)]
    assert set(frames[0]) != set(frames[1])
    (found,) = truths(coupled, spec, spec.model("own"), spec.outcomes["condition"]).values()
    means = []
    for run in (coupled.with_policy, coupled.without):
        rows = (run.roles.treated == 1) & (run.roles.post == 1)
        means.append(run.panel.frame["condition_imposed"][rows].mean())
    assert found.value == pytest.approx(means[0] - means[1], abs=1e-12)


def test_averages_are_over_the_effects_that_the_fit_gives(pair) -> None:
    spec, coupled = pair("work_effect", ADOPTION, period="quarter")
    outcome, model = spec.outcomes["condition"], spec.model("cs")
    every = truths(coupled, spec, model, outcome)
    one = next(key for key in every if key.estimand == "att_gt" and (key.event_time or 0) > 0)
    alone = truths(coupled, spec, model, outcome, frozenset({(one.cohort, one.period)}))
    assert alone[Key("att")] == alone[one] == every[one]


def test_the_sample_at_hand_is_reused_where_registers_record_all(pair) -> None:
    """In a world whose registers err, truth is of what was, not of what they hold."""
    for world, reused in (("work_effect", True), ("attrition", False)):
        spec, coupled = pair(world, AGE_DID)
        recorded = prepare(spec, open_source(spec))
        same = recorded.panel.frame.equals(coupled.with_policy.panel.frame)
        assert same is reused
        assert coupled_sample(spec, recorded).with_policy is recorded or not reused
    first, second = brute("attrition", "actual"), brute("attrition", "no_law")
    rows = first["age_months"].between(330, 360) & first["ym"].ge(201701)
    (found,) = truths(coupled, spec, spec.model("own"), spec.outcomes["condition"]).values()
    expected = effect(rows, first, second, "condition_imposed")
    assert found.value == pytest.approx(expected, abs=1e-12)


def test_every_fault_of_registers_is_known_here() -> None:
    """One more must be asked about before the sample at hand is taken for what was."""
    known = {"employed_missed_before", "lost", "adoption_error_share", "late_share"}
    strength = {"break_month", "lost_under_duty", "adoption_error_months"}
    assert set(type(data_synth.load_world("published_null").recording).model_fields) == (
        known | strength
    )
