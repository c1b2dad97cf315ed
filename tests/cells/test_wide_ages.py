"""Flows at a cutoff in a panel of many ages: what the plan says runs from cells does."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evaluation.catalogue import catalogue
from evaluation.pipeline import run_spec
from evaluation.spec.loader import build_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import read_settings

PERSONS, MONTHS = 120, np.arange(2016 * 12, 2018 * 12)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Persons of 18 to 49 who enter and leave; most are near 30."""
    draw = np.random.default_rng(8)
    shape = (PERSONS, len(MONTHS))
    stock = np.zeros(shape, dtype=bool)
    stock[:, 0] = draw.random(PERSONS) < 0.4
    for at in range(1, len(MONTHS)):
        leaves = stock[:, at - 1] & (draw.random(PERSONS) < 0.2)
        enters = ~stock[:, at - 1] & (draw.random(PERSONS) < 0.15)
        stock[:, at] = (stock[:, at - 1] & ~leaves) | enters
    before = np.full(shape, np.nan)
    before[:, 1:] = stock[:, :-1]
    age = draw.integers(340, 358, PERSONS)
    age[:10], age[10:20] = 216, 576
    found = tmp_path_factory.mktemp("ages")
    pd.DataFrame(
        {
            "person": np.repeat(np.arange(PERSONS), len(MONTHS)),
            "ym": np.tile(MONTHS // 12 * 100 + MONTHS % 12 + 1, PERSONS),
            "age_months": (age[:, None] + np.arange(len(MONTHS))).ravel(),
            "received": stock.ravel().astype(int),
            "enters": np.where(before == 0, stock, np.nan).ravel(),
            "leaves": np.where(before == 1, ~stock, np.nan).ravel(),
        }
    ).to_parquet(found / "rows.parquet", index=False)
    return found


@pytest.mark.parametrize("keep", [[], [{"column": "age_months", "at_least": 340, "below": 382}]])
def test_flows_in_a_panel_of_all_ages_run_from_cells(
    folder: Path, keep: list[dict[str, Any]]
) -> None:
    tables: dict[str, Any] = {
        "schema_version": 1, "id": "ages", "title": "Ages", "sample": {"keep": keep},
        "panel": {"source": "file", "path": "rows.parquet", "unit": "person", "time": "ym",
                  "time_unit": "month"},
        "outcomes": {"received": {"column": "received", "kind": "binary"}},
        "design": {"kind": "rd", "cutoff": 360, "treated_side": "below", "donut": 1,
                   "running_variable": {"column": "age_months", "discrete": True},
                   "reform_date": dt.date(2016, 7, 1)},
        "models": [{"id": "flows", "estimand": "kink_at_cutoff", "estimator": "rd_flow",
                    "periods": "post", "entry": "enters", "exit": "leaves", "order": 1,
                    "bandwidth": {"fixed": 10}, "cluster": "person"}],
    }  # fmt: skip
    spec = build_spec(tables, catalogue(), settings=read_settings(()),
                      origin=Origin(folder=folder), label="ages")  # fmt: skip
    cells, rows = (run_spec(spec, engine=engine) for engine in ("auto", "microdata"))
    assert {d.value for d in cells.details if d.name == "engine"} == {"cells"}
    assert len(cells.estimates) == len(rows.estimates) > 2
    for one, other in zip(cells.estimates, rows.estimates, strict=True):
        assert one.n_obs == other.n_obs and other.std_error
        assert abs(one.estimate - other.estimate) < 1e-9 * other.std_error
        assert one.std_error == pytest.approx(other.std_error, rel=1e-8)
