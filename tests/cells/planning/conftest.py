"""Specs of every design over one imagined registry panel, and what is known of its columns."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from evaluation.catalogue import catalogue
from evaluation.cells.plan import Plan
from evaluation.cells.planning.plan_cells import plan_cells
from evaluation.cells.relation import ColumnFacts
from evaluation.estimators.cell_needs import needs_of
from evaluation.spec.loader import build_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import Settings
from evaluation.spec.spec import Spec

BINARY = ColumnFacts("integer", 0, 1, 0)
FACTS = {
    "person": ColumnFacts("integer", 1, 5_000_000, 0),
    "household": ColumnFacts("integer", 1, 2_000_000, 0),
    "ym": ColumnFacts("integer", 201301, 201912, 0),
    "age_months": ColumnFacts("integer", 216, 515, 0),
    "muni": ColumnFacts("integer", 1, 356, 0),
    "office": ColumnFacts("integer", 1, 500, 0),
    "adopted": ColumnFacts("integer", 201301, 201912, 10),
    "female": BINARY,
    "immigrant": BINARY,
    "region": ColumnFacts("integer", 1, 5, 0),
    "parity": ColumnFacts("integer", 0, 12, 0),
    "wealth": ColumnFacts("float", None, None, 0, False),
    "employed": BINARY,
    "student": ColumnFacts("boolean", 0, 1, 0),
    "hours": ColumnFacts("integer", 0, 60, 0),
    "sa_nok": ColumnFacts("integer", 0, 90_000, 0),
    "wage": ColumnFacts("float", None, None, 5, False),
    "condition": BINARY,
    "pop": ColumnFacts("integer", 1, 9, 0),
}
PANEL = {
    "source": "file",
    "path": "rows.parquet",
    "unit": "person",
    "time": "ym",
    "time_unit": "month",
    "window": ["2013-01-01", "2019-12-31"],
}
OUTCOMES = {
    "employed": {"column": "employed", "kind": "binary"},
    "student": {"column": "student", "kind": "binary"},
    "hours": {"column": "hours", "kind": "count"},
    "sa_nok": {"column": "sa_nok", "kind": "nok"},
    "wage": {"column": "wage", "kind": "continuous"},
}
DESIGNS: dict[str, dict[str, Any]] = {
    "did": {
        "kind": "did",
        "reform_date": "2017-01-01",
        "treated": {"column": "age_months", "below": 360, "assigned_at": "period_start"},
        "control": {"column": "age_months", "at_least": 372},
    },
    "staggered_did": {
        "kind": "staggered_did",
        "cohort": {"column": "adopted", "never": "missing"},
        "unbalanced": "keep",
    },
    "rd": {
        "kind": "rd",
        "running_variable": {"column": "age_months", "discrete": True},
        "cutoff": 360,
        "treated_side": "below",
        "donut": 1,
        "reform_date": "2017-01-01",
    },
}
MODELS: dict[str, dict[str, Any]] = {
    "did": {"estimand": "att_relative", "estimator": "twfe"},
    "staggered_did": {"estimand": "att_gt", "estimator": "group_time_att", "cluster": "muni"},
    "rd": {"estimand": "itt_at_cutoff", "estimator": "rd_robust", "cluster": "person"},
}


def dated(value: Any) -> Any:
    """Return tables with dates in place of their text, as TOML would give them."""
    import datetime as dt

    if isinstance(value, dict):
        return {key: dated(item) for key, item in value.items()}
    if isinstance(value, list):
        return [dated(item) for item in value]
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


class Planned:
    """Build specs of a design, and plan them."""

    facts = FACTS

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def spec(self, kind: str = "did", *models: dict[str, Any], **changes: Any) -> Spec:
        tables = {
            "schema_version": 1,
            "id": "imagined",
            "title": "Imagined",
            "panel": {**PANEL, **changes.pop("panel", {})},
            "outcomes": changes.pop("outcomes", {"employed": OUTCOMES["employed"]}),
            "design": {**DESIGNS[kind], **changes.pop("design", {})},
            "models": [
                {"id": f"m{at}", **MODELS[kind], **model}
                for at, model in enumerate(models or ({},), start=1)
            ],
            **changes,
        }
        for name in ("panel", "design"):
            tables[name] = {k: v for k, v in tables[name].items() if v is not None}
        return build_spec(
            dated(copy.deepcopy(tables)),
            catalogue(),
            settings=Settings({}, ()),
            origin=Origin(folder=self.folder),
            label="imagined",
        )

    def plan(
        self,
        kind: str = "did",
        *models: dict[str, Any],
        facts: dict[str, ColumnFacts] | None = FACTS,
        **changes: Any,
    ) -> Plan:
        spec = self.spec(kind, *models, **changes)
        return plan_cells(spec, needs_of(spec), facts)


@pytest.fixture
def planned(tmp_path: Path) -> Planned:
    return Planned(tmp_path)


@pytest.fixture
def outcomes() -> dict[str, Any]:
    return copy.deepcopy(OUTCOMES)
