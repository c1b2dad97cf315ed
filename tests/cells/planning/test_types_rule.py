"""When effects of units can be absorbed by their types."""

from __future__ import annotations

import copy
import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from evaluation.catalogue import catalogue
from evaluation.cells.relation import ColumnFacts
from evaluation.cells.types_rule import types_possible
from evaluation.spec.loader import build_spec
from evaluation.spec.origin import Origin
from evaluation.spec.resolve import resolve_inference
from evaluation.spec.settings import Settings

FACTS = {
    "wealth": ColumnFacts("float", None, None, 0, False),
    "single": ColumnFacts("float", 0, 1, 10, True),
    "female": ColumnFacts("integer", 0, 1, 0),
}
SPEC: dict[str, Any] = {
    "schema_version": 1,
    "id": "effects",
    "title": "Effects of persons",
    "panel": {
        "source": "file", "path": "rows.parquet", "unit": "person", "time": "ym",
        "time_unit": "month",
    },
    "outcomes": {"employed": {"column": "employed", "kind": "binary"}},
    "design": {
        "kind": "did", "reform_date": dt.date(2017, 1, 1),
        "treated": {"column": "age_months", "below": 360},
    },
    "models": [
        {
            "id": "main", "estimand": "att_relative", "estimator": "twfe",
            "fixed_effects": ["person", "ym"], "cluster": "muni", "controls": ["female"],
        }
    ],
}  # fmt: skip

CASES = {
    "as it is": ({}, {}, None),
    "weights": ({"weight": "pop"}, {}, "weights may part units"),
    "quarters": ({"period": "quarter"}, {}, "by quarter"),
    "fractions": ({}, {"controls": ["wealth"]}, "'wealth' holds other values"),
    "whole floats": ({}, {"controls": ["single"]}, None),
    "persons as clusters": ({}, {"cluster": "person"}, None),
    "jackknife by person": ({}, {"cluster": "person", "variance": "cr3"}, "every unit is one"),
    "rows": ({}, {"cluster": [], "variance": "hc1"}, None),
}


@pytest.mark.parametrize("case", CASES)
def test_reasons_against_types(case: str, tmp_path: Path) -> None:
    panel, model, wanted = CASES[case]
    raw = copy.deepcopy(SPEC)
    raw["panel"] |= panel
    raw["models"][0] |= model
    spec = build_spec(
        raw,
        catalogue(),
        settings=Settings({}, ()),
        origin=Origin(folder=tmp_path),
        label="imagined",
    )
    one = spec.models[0]
    found = types_possible(spec, one, resolve_inference(spec, one), FACTS)
    assert found is None if wanted is None else wanted in str(found)
