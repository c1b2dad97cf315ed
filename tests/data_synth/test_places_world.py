"""Parameters of places that no world may have."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from data_synth.world.loader import world_of
from evaluation.errors import SpecError

FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "one municipality": ({"municipalities": {"count": 1}}, "municipalities.count: found 1"),
    "codes run out": ({"municipalities": {"count": 991}}, "at most 400"),
    "crowded": ({"municipalities": {"smallest": 20_000}}, "at least count - 1 smallest"),
    "limits": ({"municipalities": {"size_survey": [3, 2, 9]}}, "size_survey and size_table that"),
    "source": ({"municipalities": {"size_source": "guess"}}, "municipalities.size_source"),
    "shares": ({"adoption": {"before_share": 0.97}}, "that sum to at most 1"),
    "order": ({"adoption": {"law": date(2009, 1, 1)}}, "law, after in this order"),
    "day": ({"adoption": {"single": date(2015, 1, 2)}}, "the first day of a month"),
    "more than one": ({"adoption": {"single": date(2015, 1, 1)}}, "before_share = 0 where single"),
    "late": (
        {"adoption": {"single": date(2018, 1, 1), "before_share": 0.0}},
        "allowed: single before law",
    ),
    "answers": ({"adoption": {"answered": 1.2}}, "adoption.answered: found 1.2; allowed: at most"),
    "provision": ({"offices": {"provision": [0.5, 0.4, 0.3]}}, "shares that sum to 1"),
    "strategies": ({"offices": {"strategy": [0.5, 0.5]}}, "three shares"),
    "measures": ({"offices": {"measures_large": [0.5, 0.25, 0.25]}}, "four shares"),
    "hours": ({"offices": {"hours_low": 33.0}}, "hours_low at most hours_high"),
    "half open": ({"offices": {"opened_last": date(2020, 1, 1)}}, "both or neither"),
    "open backwards": (
        {"offices": {"opened_first": date(2021, 1, 1), "opened_last": date(2020, 1, 1)}},
        "opened_first not after opened_last",
    ),
    "staff": ({"offices": {"fte": [15.0, 20.0, 44.0]}}, "offices.fte"),
    "unknown": ({"offices": {"strikt": 0.1}}, 'did you mean "strict"?'),
    "merger dates": ({"mergers": {"county": date(2016, 1, 1)}}, "first, county, large in this"),
    "merged": ({"mergers": {"large_share": 0.6}}, "sum to at most 0.5"),
    "parts": ({"mergers": {"large_parts": [0.5, 0.1, 0.1, 0.1, 0.1, 0.1]}}, "one to five shares"),
    "gap": ({"prices": {"cpi": [[2010, 92.1], [2012, 93.9]]}}, "a value for every year"),
    "free": ({"prices": {"g": [[2010, 0.0], [2011, 9.0]]}}, "g and cpi above 0"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_an_impossible_parameter_is_one_line(case: str) -> None:
    tables, message = FAULTS[case]
    with pytest.raises(SpecError) as caught:
        world_of("variant", {"extends": "published_null", "title": "variant", **tables})
    assert len(caught.value.faults) == 1
    assert message in caught.value.faults[0]
    assert "\n" not in caught.value.faults[0]
