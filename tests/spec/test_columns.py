"""Which columns a spec names, and the key that names each first."""

from __future__ import annotations

from typing import Any

import pytest

from evaluation.spec.columns import columns_of_model, columns_of_spec

FILE = {"source": "file", "path": "rows.csv"}
# The columns of the short spec itself.
OWN = {
    "y": "outcomes.y.column",
    "group": "design.treated.column",
    "year": "design.post.column",
}

# tables changed, columns gained with the key that names each
NAMED: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "panel": (
        {"panel": {**FILE, "unit": "person", "time": "month", "weight": "pop"}},
        {"person": "panel.unit", "month": "panel.time", "pop": "panel.weight"},
    ),
    "filters": (
        {"sample": {"keep": [{"column": "age", "below": 9}, {"column": "in", "equals": 1}],
                    "drop": [{"column": "out", "missing": True}]}},
        {"age": "sample.keep.1.column", "in": "sample.keep.2.column",
         "out": "sample.drop.1.column"},
    ),
    "grouped rows": (
        {"sample": {"rows": {"by": ["muni", "sex"]}}},
        {"muni": "sample.rows.by.1", "sex": "sample.rows.by.2"},
    ),
    "rows at risk": (
        {"sample": {"rows": "at_risk_exit"}},
        {"sa_exit": "sample.rows"},
    ),
    "entries": (
        {"sample": {"rows": "entry"}},
        {"sa_entry": "sample.rows"},
    ),
    "recipients": (
        {"sample": {"denominator": "recipients"}},
        {"sa_received": "sample.denominator"},
    ),
    "models": (
        {"models": [{"id": "main", "estimand": "att", "estimator": "twfe",
                     "keep": [{"column": "sex", "equals": 1}], "controls": ["x"],
                     "fixed_effects": ["muni"], "cluster": ["muni", "person"]}]},
        {"sex": "models.main.keep.1.column", "x": "models.main.controls.1",
         "muni": "models.main.fixed_effects.1", "person": "models.main.cluster.2"},
    ),
    "smallest effect": (
        {"smallest_effect_of_interest": [
            {"outcome": "y", "unit": "per_condition", "first_stage": "condition", "value": 1.0}]},
        {"condition": "smallest_effect_of_interest.1.first_stage"},
    ),
    "threats": (
        {"threats": [{"name": "rival", "affects": "all", "column": "other_rule"}]},
        {"other_rule": "threats.1.column"},
    ),
}  # fmt: skip


def test_the_short_spec(short) -> None:
    assert columns_of_spec(short()) == OWN


@pytest.mark.parametrize("name", NAMED)
def test_named(short, name: str) -> None:
    changes, gained = NAMED[name]
    assert columns_of_spec(short(**changes)) == {**OWN, **gained}


def test_columns_of_a_model_are_named_once(short) -> None:
    table = {"id": "main", "estimand": "att", "estimator": "twfe"}
    keys = {"controls": ["x", "z"], "fixed_effects": ["muni"], "cluster": "muni"}
    assert columns_of_model(short(models=[{**table, **keys}]).models[0]) == ("x", "z", "muni")
