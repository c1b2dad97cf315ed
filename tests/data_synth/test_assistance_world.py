"""Parameters of the assistance registers that no world may have."""

from __future__ import annotations

from typing import Any

import pytest

from data_synth.world.loader import world_of
from evaluation.errors import SpecError

FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "share above one": ({"livelihood": {"loan_share": 1.5}}, "livelihood.loan_share: found 1.5"),
    "housing sums": (
        {"livelihood": {"housing": [0.5, 0.1, 0.1, 0.1, 0.1, 0.2]}},
        "allowed: shares that sum to 1",
    ),
    "housing codes": ({"livelihood": {"housing": [0.5, 0.5]}}, "housing with 6 shares"),
    "probability below zero": ({"content": {"course": -0.1}}, "content.course: found -0.1"),
    "decision of no months": ({"content": {"decision_months": 0}}, "at least 1"),
    "unknown": ({"sanctions": {"strikt": 0.1}}, 'did you mean "strict"?'),
    "text": ({"measures": {"state": "many"}}, "measures.state"),
    "reason": ({"exemptions": {"health": 2}}, "at most 1"),
    "length": ({"claims": {"unemployment_months": 400}}, "at most 36"),
    "jobseeker": ({"jobseekers": {"others": 1.1}}, "at most 1"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_an_impossible_parameter_is_one_line(case: str) -> None:
    content, expected = FAULTS[case]
    with pytest.raises(SpecError) as caught:
        world_of("mine", {"extends": "published_null", "title": "Mine", **content})
    lines = str(caught.value).splitlines()
    assert len(lines) == 1
    assert 'world "mine"' in lines[0]
    assert expected in lines[0]
