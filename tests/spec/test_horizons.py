"""Outcomes at several horizons: one for each, and everything that names them follows."""

from __future__ import annotations

from typing import Any

import pytest

from evaluation.errors import SpecError
from evaluation.spec.horizons import at_horizon, parted

PANEL = {"source": "file", "path": "rows.csv", "unit": "person", "time": "ym", "time_unit": "month"}
Y = {"column": "y", "kind": "continuous"}
MAIN = {"id": "main", "estimand": "att", "estimator": "twfe"}


def test_every_name_follows(short) -> None:
    spec = short(
        panel=PANEL,
        outcomes={"y": {**Y, "horizons": [12, 24], "label": "Work"}, "z": {**Y, "column": "z"}},
        models=[MAIN, {**MAIN, "id": "z", "outcomes": ["z"]}],
        smallest_effect_of_interest=[{"outcome": "y", "unit": "per_person", "value": 0.1}],
    )
    assert list(spec.outcomes) == ["y@12", "y@24", "z"]
    one = spec.outcomes["y@12"]
    assert (one.horizon, one.lead, one.measured) == (12, 12, "y_lead_12")
    assert one.label == "Work"
    assert [model.outcomes for model in spec.models] == [("y@12", "y@24", "z"), ("z",)]
    assert [one.outcome for one in spec.smallest_effect_of_interest] == ["y@12", "y@24"]


def test_horizons_of_a_model_go_first(short) -> None:
    outcomes = {"y": {**Y, "horizons": [12]}, "z": {**Y, "column": "z"}}
    models = [{**MAIN, "horizons": [6]}, {**MAIN, "id": "own", "outcomes": ["y"]}]
    spec = short(panel=PANEL, outcomes=outcomes, models=models)
    assert [model.outcomes for model in spec.models] == [("y@6", "z@6"), ("y@12",)]
    assert list(spec.outcomes) == ["y@6", "y@12", "z@6"]


def test_identities_stand_at_each_horizon(short) -> None:
    outcomes = {name: {"column": name, "kind": "count", "horizons": [3, 6]} for name in "yab"}
    identity = {"total": "y", "parts": ["a", "b"]}
    spec = short(panel=PANEL, outcomes=outcomes, identities=[identity], models=[MAIN])
    assert [(one.total, one.parts) for one in spec.identities] == [
        ("y@3", ("a@3", "b@3")), ("y@6", ("a@6", "b@6")),
    ]  # fmt: skip


def test_nothing_changes_without_horizons(short) -> None:
    spec = short(panel=PANEL, outcomes={"y": {**Y, "lead_months": 12}}, models=[MAIN])
    assert list(spec.outcomes) == ["y"] and spec.models[0].outcomes == ()
    assert spec.outcomes["y"].measured == "y_lead_12" and spec.outcomes["y"].horizon is None


def test_names_come_apart_again() -> None:
    assert parted(at_horizon("employed", 12)) == ("employed", 12)
    assert parted("employed") == ("employed", None)


RD: dict[str, Any] = {
    "kind": "rd", "running_variable": {"column": "age_months", "discrete": True}, "cutoff": 360,
    "treated_side": "below", "donut": 1,
}  # fmt: skip
JUMP = {"id": "main", "estimand": "itt_at_cutoff", "estimator": "rd_robust"}


@pytest.mark.parametrize(
    ("bandwidth", "line"),
    [
        ({"rule": "mse"}, "second kink"),
        ({"fixed": 13}, "at most 12"),
        ({"fixed": 12}, None),
    ],
)
def test_no_bandwidth_reaches_the_second_kink(short, bandwidth, line) -> None:
    asked = {"panel": PANEL, "outcomes": {"y": {**Y, "horizons": [12, 24]}}, "design": RD,
             "models": [{**JUMP, "bandwidth": bandwidth}]}  # fmt: skip
    if line is None:
        assert list(short(**asked).outcomes) == ["y@12", "y@24"]
        return
    with pytest.raises(SpecError, match=line):
        short(**asked)


def test_an_identity_takes_one_bandwidth(short) -> None:
    outcomes = {name: {"column": name, "kind": "count"} for name in "yab"}
    identity = {"total": "y", "parts": ["a", "b"]}
    asked = {"panel": PANEL, "outcomes": outcomes, "design": RD, "identities": [identity]}
    with pytest.raises(SpecError, match="take one bandwidth"):
        short(**asked, models=[JUMP])
    assert short(**asked, models=[{**JUMP, "bandwidth": {"fixed": 12}}]).identities
