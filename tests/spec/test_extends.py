"""``extends``: tables merge, kinds replace, models merge by id, arrays are replaced whole."""

from __future__ import annotations

import pytest

from evaluation.errors import SpecError
from evaluation.spec.inherit import merge_base

BASE = """
schema_version = 1
id = "base"
title = "Base"

[panel]
source = "file"
path = "rows.csv"
unit = "person"
time = "year"

[outcomes]
y = { column = "y", kind = "continuous" }

[design]
kind = "did"
treated = { column = "group", equals = 1 }
post = { column = "year", at_least = 2 }

[[threats]]
name = "one"
affects = "all"

[[threats]]
name = "two"
affects = "all"

[[models]]
id = "main"
estimand = "att"
estimator = "twfe"
controls = ["x", "z"]
cluster = "person"

[[models]]
id = "second"
estimand = "att"
estimator = "twfe"
"""

OWN = """
schema_version = 1
id = "own"
title = "Own"
extends = "base.toml"

[panel]
path = "other.csv"

[outcomes]
z = { column = "z", kind = "binary" }

[[threats]]
name = "three"
affects = "some"

[[models]]
id = "main"
controls = ["x"]

[[models]]
id = "third"
estimand = "att"
estimator = "twfe"
"""

# base, own, merged
MERGES = {
    "tables merge key by key": (
        {"panel": {"source": "file", "path": "a", "unit": "u"}},
        {"panel": {"path": "b"}},
        {"panel": {"source": "file", "path": "b", "unit": "u"}},
    ),
    "tables inside tables merge": (
        {"design": {"kind": "did", "treated": {"column": "g", "equals": 1}}},
        {"design": {"treated": {"equals": 2}}},
        {"design": {"kind": "did", "treated": {"column": "g", "equals": 2}}},
    ),
    "another source replaces": (
        {"panel": {"source": "synthetic", "world": "w"}},
        {"panel": {"source": "file", "path": "b"}},
        {"panel": {"source": "file", "path": "b"}},
    ),
    "another kind replaces": (
        {"design": {"kind": "did", "treated": {"column": "g"}}},
        {"design": {"kind": "rd", "cutoff": 3}},
        {"design": {"kind": "rd", "cutoff": 3}},
    ),
    "the same kind merges": (
        {"design": {"kind": "rd", "cutoff": 3}},
        {"design": {"kind": "rd", "donut": 1}},
        {"design": {"kind": "rd", "cutoff": 3, "donut": 1}},
    ),
    "another estimator replaces": (
        {"models": [{"id": "m", "estimator": "twfe", "controls": ["x"]}]},
        {"models": [{"id": "m", "estimator": "rd_robust", "order": 1}]},
        {"models": [{"id": "m", "estimator": "rd_robust", "order": 1}]},
    ),
    "models merge by id, the base's order first": (
        {"models": [{"id": "a", "cluster": "g"}, {"id": "b"}]},
        {"models": [{"id": "c"}, {"id": "b", "cluster": "h"}]},
        {"models": [{"id": "a", "cluster": "g"}, {"id": "b", "cluster": "h"}, {"id": "c"}]},
    ),
    "arrays of tables are replaced whole": (
        {"threats": [{"name": "a"}, {"name": "b"}]},
        {"threats": [{"name": "c"}]},
        {"threats": [{"name": "c"}]},
    ),
    "arrays of values are replaced whole": (
        {"models": [{"id": "m", "controls": ["x", "z"]}]},
        {"models": [{"id": "m", "controls": ["w"]}]},
        {"models": [{"id": "m", "controls": ["w"]}]},
    ),
}


@pytest.mark.parametrize("name", MERGES)
def test_merge(name: str) -> None:
    base, own, merged = MERGES[name]
    assert merge_base(base, own) == merged


def test_a_spec_extends_another(load) -> None:
    spec = load(OWN, base=BASE)
    assert (spec.id, spec.panel.path, spec.panel.unit) == ("own", "other.csv", "person")
    assert list(spec.outcomes) == ["y", "z"]
    assert [threat.name for threat in spec.threats] == ["three"]
    assert [model.id for model in spec.models] == ["main", "second", "third"]
    assert spec.model("main").controls == ("x",)
    assert spec.model("main").cluster == "person"


def test_one_level(load) -> None:
    with pytest.raises(SpecError, match="one level is allowed"):
        load(OWN, base=f'extends = "deeper.toml"\n{BASE}', deeper=BASE)


def test_a_base_outside_the_tree_is_refused(load) -> None:
    with pytest.raises(SpecError, match="outside the spec's own tree"):
        load(OWN.replace("base.toml", "../../../../base.toml"))
