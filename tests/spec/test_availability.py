"""What may be said already and is not done yet: one line for each key."""

from __future__ import annotations

from typing import Any

import pytest

from evaluation.catalogue import catalogue
from evaluation.spec.availability import not_available
from evaluation.spec.catalogue import Catalogue

TREATED = {"column": "group", "equals": 1}
POST = {"column": "year", "at_least": 2}
DID = {"kind": "did", "treated": TREATED, "post": POST}
FILE = {"source": "file", "path": "rows.csv", "unit": "person", "time": "year"}
MAIN = {"id": "main", "estimand": "att", "estimator": "twfe"}
Y = {"column": "y", "kind": "continuous"}
ANY_MODEL = {"id": "main", "estimand": "att", "estimator": "imputation"}
RD = {
    "kind": "rd",
    "running_variable": {"column": "age_months", "discrete": True},
    "cutoff": 360,
    "treated_side": "below",
}
AT_CUTOFF = {"id": "main", "estimand": "itt_at_cutoff", "estimator": "rd_robust"}

# tables changed -> the lines, without their ending
PLANNED: list[tuple[dict[str, Any], list[str]]] = [
    ({}, []),
    ({"panel": {"source": "registers", "mapping": "d.toml"}}, []),
    ({"panel": {"source": "sql", "url": "duckdb:///t.duckdb", "table": "t"}}, []),
    ({"lang": "nb"}, []),
    ({"design": {"kind": "none", "missing": ["comparison group"]}, "models": None},
     []),
    ({"panel": FILE, "design": {"kind": "single_unit", "treated": TREATED, "post": POST},
      "models": [{**MAIN, "estimator": "synthetic_control"}]},
     []),
    ({"joins": [{"path": "a.csv", "on": ["k"], "columns": {"a": "b"}}]}, []),
    ({"derive": {"band": {"op": "cut", "column": "age", "at": [1, 2]}}}, []),
    ({"heterogeneity": [{"by": ["sex"], "models": ["main"]}]}, []),
    ({"families": [{"id": "f", "models": ["main"], "method": "holm"}],
      "outcomes": {"y": Y, "z": {**Y, "column": "z"}}}, []),
    ({"vary": [{"path": "models.main.controls", "values": [["x"], []]}]}, []),
    ({"tables": [{"id": "t", "columns": ["main"]}]}, []),
    ({"models": [{**MAIN, "interact": ["sex"]}]}, []),
    ({"models": [{**MAIN, "group_trends": "muni"}]}, []),
    ({"design": {**DID, "third": {"column": "sex", "equals": 1}}}, []),
    ({"design": {**DID, "instrument": {"column": "z"}}}, []),
    ({"design": {**DID, "treated": {**TREATED, "assigned_at": "period_start"}}}, []),
    ({"panel": FILE, "models": [ANY_MODEL],
      "design": {"kind": "staggered_did", "cohort": {"earliest": "a", "latest": "b"}}},
     []),
    ({"models": [AT_CUTOFF], "design": {**RD, "exposure": "exposure_share"}}, []),
    ({"models": [AT_CUTOFF], "design": {**RD, "donut": 1}}, []),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "lines"), PLANNED, ids=lambda value: str(value)[:60])
def test_lines(short, changes: dict[str, Any], lines: list[str]) -> None:
    found = not_available(short(**changes), catalogue())
    assert found == [f"{line}: not available yet" for line in lines]


def test_what_is_named_and_not_built(short) -> None:
    spec = short(checks=[{"kind": "bacon", "id": "mine", "model": "main"}])
    planned = Catalogue(
        planned_estimators=frozenset({spec.models[0].estimator}),
        planned_checks=frozenset({"bacon"}),
    )
    assert not_available(spec, planned) == [
        f"models.main: estimator {spec.models[0].estimator!r}: not available yet",
        "checks.mine: check 'bacon': not available yet",
    ]


def test_nothing_is_both_there_and_planned() -> None:
    offered = catalogue()
    assert not offered.planned_estimators & set(offered.estimators)
    assert not offered.planned_checks & set(offered.checks)
