"""Tiny panels, and specs that ask about them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import data_synth
from evaluation.catalogue import catalogue
from evaluation.data.model_data import ModelData
from evaluation.data.model_rows import model_rows
from evaluation.data.prepare import Prepared, prepare
from evaluation.data.sources import open_source
from evaluation.data.sources.frame import Frame
from evaluation.spec.loader import build_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import Settings
from evaluation.spec.spec import Spec

NOT_BUILT = "not_built"
KNOWN = replace(catalogue(), planned_estimators=catalogue().planned_estimators | {NOT_BUILT})
PANEL = {"source": "file", "path": "rows.csv", "unit": "person", "time": "year"}
TABLES: dict[str, Any] = {
    "schema_version": 1,
    "id": "tiny",
    "title": "Tiny",
    "panel": PANEL,
    "outcomes": {"y": {"column": "y", "kind": "continuous"}},
    "design": {
        "kind": "did",
        "treated": {"column": "group", "equals": 1},
        "post": {"column": "year", "at_least": 2},
    },
    "models": [{"id": "main", "estimand": "att", "estimator": "twfe"}],
}


class Tiny:
    """Build specs, prepare frames, cut the rows of the first model."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def spec(self, **changes: Any) -> Spec:
        tables = {**copy.deepcopy(TABLES), **changes}
        if "panel" in changes:
            # Keys of the panel's own table change one by one, another source replaces it.
            own = changes["panel"]
            tables["panel"] = own if own.get("source") == "synthetic" else {**PANEL, **own}
            tables["panel"] = {k: v for k, v in tables["panel"].items() if v is not None}
        origin = Origin(folder=self.folder)
        return build_spec(tables, KNOWN, settings=Settings({}, ()), origin=origin, label="tiny")

    def prepare(self, frame: pd.DataFrame, memory: Path | None = None, **changes: Any) -> Prepared:
        return prepare(self.spec(**changes), Frame(frame), memory)

    def from_file(self, **changes: Any) -> Prepared:
        spec = self.spec(**changes)
        return prepare(spec, open_source(spec))

    def rows(self, frame: pd.DataFrame, **changes: Any) -> ModelData:
        spec = self.spec(**changes)
        prepared = prepare(spec, Frame(frame))
        name, outcome = next(iter(spec.outcomes.items()))
        return model_rows(prepared.panel, prepared.roles, spec, spec.models[0], name, outcome)


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    return Tiny(tmp_path)


@pytest.fixture
def four() -> pd.DataFrame:
    """Four persons over three years, two of them treated from year 2."""
    person = np.repeat([1, 2, 3, 4], 3)
    year = np.tile([1, 2, 3], 4)
    return pd.DataFrame(
        {
            "person": person,
            "year": year,
            "group": (person > 2).astype(int),
            "y": 10.0 * person + year,
            "x": person % 2,
        }
    )


Simulate = Callable[..., pd.DataFrame]


@pytest.fixture(scope="session")
def simulate() -> Simulate:
    """Return ``data_synth.person_month`` with a memory: each run of a world is simulated once."""
    real, runs = data_synth.person_month, {}

    def remembered(world: data_synth.World, **asked: Any) -> pd.DataFrame:
        columns = asked.pop("columns", None) or list(data_synth.COLUMNS)
        key = repr((world.digest, sorted(asked.items())))
        if key not in runs:
            runs[key] = real(world, **asked)
        return runs[key].loc[:, list(columns)].copy()

    return remembered


FlowOf = Callable[[Prepared], list[tuple[str, int, int | None]]]


@pytest.fixture
def flow_of() -> FlowOf:
    return lambda prepared: [(one.step, one.rows, one.units) for one in prepared.panel.flow]
