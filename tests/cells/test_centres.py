"""Amounts whose mean is large beside their spread keep their digits in cells."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from evaluation.catalogue import catalogue
from evaluation.commands.cells_sql import print_sql
from evaluation.errors import DataError
from evaluation.pipeline import run_spec
from evaluation.report.record import Record
from evaluation.spec.loader import build_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import Settings
from evaluation.spec.spec import Spec

MONTHS = [201600 + month for month in range(1, 13)]
TWFE = {"estimand": "att_relative", "estimator": "twfe", "fixed_effects": ["town", "ym"]}
DID = {
    "kind": "did",
    "reform_date": dt.date(2016, 7, 1),
    "treated": {"column": "young", "equals": 1},
    "control": {"column": "young", "equals": 0},
}
RD = {
    "kind": "rd",
    "running_variable": {"column": "age", "discrete": True},
    "cutoff": 30,
    "treated_side": "below",
}
JUMP = {"estimand": "itt_at_cutoff", "bandwidth": {"fixed": 8}, "cluster": "person"}
LINEAR = [
    {"id": "town", **TWFE, "controls": ["size"], "cluster": "town"},
    {"id": "cr3", **TWFE, "controls": ["size"], "cluster": "town", "variance": "cr3"},
    {"id": "rows", **TWFE, "controls": ["size"], "variance": "hc1"},
    {"id": "person", **TWFE, "controls": ["size"], "cluster": "person"},
    {"id": "inside", **TWFE, "fixed_effects": ["person", "ym"], "cluster": "town"},
]
CUTOFF = [
    {"id": "robust", "estimator": "rd_robust", **JUMP},
    {"id": "order", "estimator": "rd_polynomial", **JUMP},
]
CASES = {"did": (DID, LINEAR), "rd": (RD, CUTOFF)}


def panel(ratio: float, persons: int = 150) -> pd.DataFrame:
    """Return persons by months; outcome and control vary by 1 about a mean of ``ratio``."""
    draw = np.random.default_rng(4)
    size = persons * len(MONTHS)
    young = np.repeat(draw.integers(0, 2, persons), len(MONTHS))
    ym = np.tile(MONTHS, persons)
    rest = draw.normal(size=size)
    frame = pd.DataFrame(
        {
            "person": np.repeat(np.arange(persons), len(MONTHS)),
            "ym": ym,
            "age": np.repeat(draw.integers(20, 40, persons), len(MONTHS)),
            "town": np.repeat(draw.integers(1, 9, persons), len(MONTHS)),
            "young": young,
            "size": ratio + draw.normal(size=size),
            "amount": ratio + 0.3 * young * (ym >= 201607) + rest + 0.1,
        }
    )
    frame.loc[draw.random(size) < 0.02, "amount"] = np.nan
    return frame


def spec_of(design: dict[str, Any], models: list[Any], folder: Path | None = None) -> Spec:
    tables = {
        "schema_version": 1, "id": "centres", "title": "Centres", "design": design,
        "panel": {
            "source": "file", "path": "panel.parquet", "unit": "person", "time": "ym",
            "time_unit": "month",
        },
        "outcomes": {"amount": {"column": "amount", "kind": "continuous"}}, "models": models,
    }  # fmt: skip
    origin = Origin(folder=folder or Path())
    return build_spec(tables, catalogue(), settings=Settings({}, ()), origin=origin, label="spec")


def hold_equal(cells: Record, rows: Record, within: float) -> None:
    engines = {row.model_id: row.value for row in cells.details if row.name == "engine"}
    assert set(engines.values()) == {"cells"}
    for one, other in zip(cells.estimates, rows.estimates, strict=True):
        assert one.status == other.status
        if one.estimate is None or other.estimate is None or other.std_error is None:
            assert one.estimate == other.estimate
            continue
        assert abs(one.estimate - other.estimate) < within * other.std_error, one.model_id
        assert one.std_error == pytest.approx(other.std_error, rel=10 * within), one.model_id


@pytest.mark.parametrize("kind", CASES)
@pytest.mark.parametrize(("ratio", "within"), [(0.0, 1e-9), (1e5, 1e-9), (1e9, 1e-6)])
def test_large_means_cost_no_digits(tmp_path: Path, kind: str, ratio: float, within: float) -> None:
    spec, frame = spec_of(*CASES[kind]), panel(ratio)
    cells = run_spec(spec, frame=frame, memory=tmp_path)
    hold_equal(cells, run_spec(spec, frame=frame, engine="microdata"), within)
    again = run_spec(spec, frame=frame, memory=tmp_path)
    assert again.cells == "reused"
    assert again.estimates == cells.estimates


@pytest.mark.parametrize("kind", CASES)
def test_selects_take_means_off_too(tmp_path: Path, kind: str) -> None:
    design, models = CASES[kind]
    spec, frame = spec_of(design, models[:2] if kind == "did" else models[:1]), panel(1e6)
    with duckdb.connect() as base:
        base.register("panel", frame)
        for part in print_sql(spec, "duckdb").split("-- Save as ")[1:]:
            file, text = part.split("\n", 1)
            query = text.split(";", 1)[0]
            base.execute(f"COPY ({query}) TO '{tmp_path / file}' (FORMAT parquet)")
    cells = run_spec(spec, cells=tmp_path)
    rows = run_spec(spec, frame=frame, engine="microdata")
    for one, other in zip(cells.estimates, rows.estimates, strict=True):
        assert one.estimate is not None and other.std_error is not None
        assert abs(one.estimate - other.estimate) < 1e-9 * other.std_error
        assert one.std_error == pytest.approx(other.std_error, rel=5e-9)


def test_a_centre_that_changes_is_refused(tmp_path: Path) -> None:
    spec, frame = spec_of(DID, LINEAR[:1]), panel(1e3)
    with duckdb.connect() as base:
        base.register("panel", frame)
        file, text = print_sql(spec, "duckdb").split("-- Save as ")[1].split("\n", 1)
        table = base.execute(text.split(";", 1)[0]).df()
    table.loc[0, "ad_centre_amount"] += 1
    table.to_parquet(tmp_path / file)
    with pytest.raises(DataError, match="must hold one number in all rows"):
        run_spec(spec, cells=tmp_path)
