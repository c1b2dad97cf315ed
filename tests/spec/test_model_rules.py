"""Rules on models that look at a spec alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evaluation.catalogue import catalogue
from evaluation.errors import SpecError
from evaluation.spec.loader import build_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import Settings


def built(outcome: dict[str, Any], **model: Any) -> None:
    tables = {
        "schema_version": 1,
        "id": "rules",
        "title": "Rules",
        "panel": {"source": "file", "path": "p.csv", "unit": "unit", "time": "t"},
        "outcomes": {"work": {"kind": "binary", **outcome}, "pay": {"column": "p", "kind": "nok"}},
        "design": {
            "kind": "did",
            "treated": {"column": "g", "equals": 1},
            "post": {"column": "t", "at_least": 3},
        },
        "models": [{"id": "main", "estimand": "att", "estimator": "twfe", **model}],
    }
    build_spec(
        tables, catalogue(), settings=Settings({}, ()), origin=Origin(folder=Path()), label="spec"
    )


@pytest.mark.parametrize("key", ["controls", "fixed_effects"])
@pytest.mark.parametrize("log", [{}, {"transform": "log"}])
def test_an_outcome_cannot_explain_itself(key: str, log: dict[str, str]) -> None:
    with pytest.raises(SpecError) as caught:
        built({"column": "w", **log}, cluster="town", **{key: ["x", "w"]})
    assert caught.value.faults == (
        f"spec: models.main.{key}: 'w' is the column of outcome 'work', which cannot explain "
        "itself; leave it out, or name the model's other outcomes",
    )


@pytest.mark.parametrize(
    ("outcome", "model"),
    [
        ({"column": "w"}, {"outcomes": ["pay"], "controls": ["w"]}),
        ({"column": "w", "lead_months": 6}, {"outcomes": ["work"], "controls": ["w"]}),
        ({"column": "w"}, {"controls": ["x"]}),
    ],
)
def test_another_outcome_or_month_may(outcome: dict[str, Any], model: dict[str, Any]) -> None:
    built(outcome, cluster="town", **model)
