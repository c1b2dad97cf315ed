"""Months partly on either side of a cutoff, from a spec: cells say what rows say."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evaluation.catalogue import catalogue
from evaluation.pipeline import run_spec
from evaluation.spec.loader import build_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import Settings

JUMP = {"estimand": "itt_at_cutoff", "bandwidth": {"fixed": 9}}
MODELS = [
    {"id": "person", **JUMP, "estimator": "rd_robust", "cluster": "person"},
    {"id": "rows", **JUMP, "estimator": "rd_robust", "controls": ["score"], "keep": [
        {"column": "town", "at_least": 2}]},
    {"id": "honest", **JUMP, "estimator": "rd_honest", "cluster": "person"},
    {"id": "polynomial", **JUMP, "estimator": "rd_polynomial", "cluster": "town"},
    {"id": "difference", "estimand": "change_in_itt_at_cutoff", "bandwidth": {"fixed": 9},
     "estimator": "rd_difference", "cluster": "person"},
]  # fmt: skip
MONTHS = [201500 + month for month in range(1, 13)]


def panel(persons: int = 250) -> pd.DataFrame:
    draw = np.random.default_rng(7)
    person = np.repeat(np.arange(persons), len(MONTHS))
    age = np.repeat(draw.integers(335, 374, persons), 12) + np.tile(np.arange(12), persons)
    lean = draw.normal(size=persons)[person]
    under = np.where(age == 360, (draw.integers(0, 31, persons) / 31)[person], age < 360)
    frame = pd.DataFrame(
        {
            "person": person,
            "ym": np.tile(MONTHS, persons),
            "age_months": age,
            "town": person % 13,
            "exposure_share": under,
            "score": (lean + draw.normal(size=len(person))).round(3),
            "work": (lean + 0.5 * under + draw.normal(size=len(person)) > 0.3).astype(np.int8),
        }
    )
    return frame.loc[draw.random(len(frame)) < 0.9].reset_index(drop=True)


def test_cells_say_what_rows_say(tmp_path: Path) -> None:
    rows = panel()
    rows.to_parquet(tmp_path / "rows.parquet", index=False)
    tables = {
        "schema_version": 1,
        "id": "shared_month",
        "title": "Shared month",
        "panel": {
            "source": "file", "path": "rows.parquet", "unit": "person", "time": "ym",
            "time_unit": "month",
        },
        "outcomes": {"work": {"column": "work", "kind": "binary"}},
        "design": {
            "kind": "rd",
            "running_variable": {"column": "age_months", "discrete": True},
            "cutoff": 360,
            "treated_side": "below",
            "exposure": "exposure_share",
            "reform_date": dt.date(2015, 7, 1),
        },
        "models": MODELS,
    }  # fmt: skip
    origin = Origin(folder=tmp_path)
    spec = build_spec(tables, catalogue(), settings=Settings({}, ()), origin=origin, label="rd")
    by_cells, by_row = run_spec(spec), run_spec(spec, engine="microdata")
    used = {row.model_id: row.value for row in by_cells.details if row.name == "engine"}
    assert used == {model["id"]: "cells" for model in MODELS}
    for one, other in zip(by_cells.estimates, by_row.estimates, strict=True):
        assert (one.status, one.n_obs, one.n_units) == (other.status, other.n_obs, other.n_units)
        assert one.estimate == pytest.approx(other.estimate, abs=1e-9 * other.std_error)
        assert one.std_error**2 == pytest.approx(other.std_error**2, rel=1e-8)
    month = rows[rows.age_months == 360]
    details = {(row.model_id, row.name): row.value for row in by_cells.details}
    assert details["person", "n_obs_partly_treated"] == len(month)
    share = details["person", "mean_exposure_at_cutoff"]
    assert share == pytest.approx(month.exposure_share.mean())
