"""Flows at a cutoff from a spec: cells say what rows say, to the person."""

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
from evaluation.spec.settings import Settings

MONTHS = 36


def panel(persons: int = 250) -> pd.DataFrame:
    """Return months of persons who enter and leave a stock; some die, some are away for a while."""
    draw = np.random.default_rng(11)
    born = draw.integers(0, 30, persons)
    age = 340 + (np.arange(MONTHS) - born[:, None]) % 40
    hazards = draw.random((persons, MONTHS))
    state = np.zeros((persons, MONTHS + 1), dtype=int)
    state[:, 0] = draw.random(persons) < 0.3
    for month in range(MONTHS):
        low = age[:, month] < 360
        stays = hazards[:, month] >= np.where(low, 0.15, 0.1)
        comes = hazards[:, month] < np.where(low, 0.05, 0.08)
        state[:, month + 1] = np.where(state[:, month] == 1, stays, comes)
    last = draw.integers(10, 2 * MONTHS, persons)
    seen = (np.arange(MONTHS) < last[:, None]) & (draw.random((persons, MONTHS)) < 0.97)
    # A birth cohort's ages begin again after 40 months; the months before are left out.
    seen &= (np.arange(MONTHS) - born[:, None]) >= 0
    person, month = np.nonzero(seen)
    was, now = state[:, :-1][seen], state[:, 1:][seen]
    work = draw.random(len(was)) < 0.4
    return pd.DataFrame(
        {
            "person": person,
            "ym": 201501 + month // 12 * 100 + month % 12,
            "age_months": age[seen],
            "town": person % 13,
            "received": now,
            "entered": np.where(was == 0, now, np.nan),
            "left": np.where(was == 1, 1 - now, np.nan),
            "to_work": np.where(was == 1, (1 - now) * work, np.nan),
            "to_school": np.where(was == 1, (1 - now) * ~work, np.nan),
        }
    )


def spec_of(folder: Path) -> Any:
    flows = {
        "estimand": "kink_at_cutoff", "estimator": "rd_flow", "entry": "entered", "exit": "left",
        "destinations": ["to_work", "to_school"], "bandwidth": {"fixed": 12}, "cluster": "person",
    }  # fmt: skip
    tables = {
        "schema_version": 1,
        "id": "flows",
        "title": "Flows",
        "panel": {
            "source": "file", "path": "rows.parquet", "unit": "person", "time": "ym",
            "time_unit": "month",
        },
        "outcomes": {"received": {"column": "received", "kind": "binary"}},
        "design": {
            "kind": "rd",
            "running_variable": {"column": "age_months", "discrete": True},
            "cutoff": 360,
            "treated_side": "below",
            "donut": 1,
            "reform_date": dt.date(2015, 7, 1),
        },
        "models": [
            {"id": "all", **flows, "months": 2},
            {"id": "post", **flows, "periods": "post", "order": 0, "kernel": "uniform"},
            {"id": "town", **flows, "cluster": "town"},
            {"id": "stock", "estimand": "kink_at_cutoff", "estimator": "rd_flow",
             "bandwidth": {"fixed": 12}, "cluster": "town"},
        ],
    }  # fmt: skip
    return build_spec(
        tables, catalogue(), settings=Settings({}, ()), origin=Origin(folder=folder), label="rd"
    )


def counted(found: Any, model: str, name: str) -> Any:
    rows = [r for r in found.details if (r.model_id, r.name, r.term) == (model, name, "")]
    return rows[0].value


def test_cells_say_what_rows_say(tmp_path: Path) -> None:
    panel().to_parquet(tmp_path / "rows.parquet", index=False)
    spec = spec_of(tmp_path)
    cells, rows = run_spec(spec), run_spec(spec, engine="microdata")
    used = {row.model_id: row.value for row in cells.details if row.name == "engine"}
    assert used == {"all": "cells", "post": "cells", "town": "microdata", "stock": "cells"}
    for one, other in zip(cells.estimates, rows.estimates, strict=True):
        assert (one.model_id, one.term, one.status, one.reason, one.n_obs, one.n_clusters) == (
            other.model_id, other.term, other.status, other.reason, other.n_obs, other.n_clusters
        )  # fmt: skip
        assert one.estimate == pytest.approx(other.estimate, abs=1e-9 * other.std_error)
        assert one.std_error**2 == pytest.approx(other.std_error**2, rel=1e-8)
        warned = one.model_id == "stock"
        assert one.status == ("warned" if warned else "ok")
        assert ("no flows are named" in one.reason) == warned
    for model in ("all", "post", "town"):
        names = ("change_of_stock", "entries", "exits", "came_with_stock", "left_with_stock")
        for name in (*names, "months_accounted", "residual", "person_months_unbalanced"):
            assert counted(cells, model, name) == counted(rows, model, name), name
        assert counted(cells, model, "residual") == 0
        assert counted(cells, model, "came_with_stock") > 0
    assert counted(cells, "all", "months_accounted") == 20
