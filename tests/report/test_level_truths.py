"""The truth beside a level's number is the level's own."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from evaluation.report.truths import holds_truth

DETAILS = {
    "": 0.5,
    "quantile 0.3": 0.25,
    "regime = mild": 0.1,
    "regime = mild: event time 2": 0.2,
}


def row(**changes: Any) -> Any:
    plain = {
        **{"model_id": "m", "outcome": "y", "estimand": "att", "subgroup": "", "term": ""},
        "quantile": None,
        **{"cohort": "", "period": "", "event_time": None, "conf_low": 0.0, "conf_high": 0.3},
    }
    return SimpleNamespace(**plain | changes)


@pytest.mark.parametrize(
    ("changes", "held"),
    [
        ({}, False),
        ({"quantile": 0.3}, True),
        ({"subgroup": "regime = mild"}, True),
        ({"subgroup": "regime = mild", "event_time": 2, "conf_low": 0.15}, True),
        ({"subgroup": "regime = mild less strict", "term": "difference"}, None),
    ],
)
def test_a_level_is_held_against_its_own_truth(changes: dict[str, Any], held: bool | None) -> None:
    record: Any = SimpleNamespace(detail=lambda model, outcome, name, place: DETAILS.get(place))
    assert holds_truth(record, row(**changes)) is held
