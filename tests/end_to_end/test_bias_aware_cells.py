"""Bias-aware and fuzzy jumps from a spec: cells say what rows say, errors by person included."""

from __future__ import annotations

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

JUMP = {"estimand": "itt_at_cutoff", "estimator": "rd_honest"}
RATIO = {"estimand": "late_at_cutoff", "estimator": "rd_fuzzy"}
MISSPECIFIED = {
    "smoothness": "bounded_misspecification", "kernel": "uniform", "bandwidth": {"fixed": 9}
}  # fmt: skip
MODELS = [
    {"id": "person", **JUMP, "cluster": "person", "controls": ["score"]},
    {"id": "town", **JUMP, "cluster": "town", "curvature_bound": {"value": 0.001}},
    {"id": "repeated", **JUMP, **MISSPECIFIED},
    {"id": "ratio", **RATIO, "cluster": "person", "controls": ["score"]},
    {"id": "ratio_rows", **RATIO},
    {"id": "ratio_honest", **RATIO, "cluster": "person", "interval": "bias_aware"},
]
MONTHS = [201500 + month for month in range(1, 13)]


def panel(persons: int = 200) -> pd.DataFrame:
    draw = np.random.default_rng(7)
    person = np.repeat(np.arange(persons), len(MONTHS))
    age = np.repeat(draw.integers(335, 374, persons), 12) + np.tile(np.arange(12), persons)
    lean = draw.normal(size=persons)[person]
    taken = (draw.random(len(person)) < 0.2 + 0.5 * (age < 360)).astype(float)
    frame = pd.DataFrame(
        {
            "person": person,
            "ym": np.tile(MONTHS, persons),
            "age_months": age,
            "town": person % 13,
            "score": (lean + draw.normal(size=len(person))).round(3),
            "condition": taken,
            "work": (lean + 0.5 * taken + draw.normal(size=len(person)) > 0.3).astype(np.int8),
        }
    )
    frame.loc[draw.random(len(frame)) < 0.03, "condition"] = np.nan
    return frame.loc[draw.random(len(frame)) < 0.9].reset_index(drop=True)


def spec_of(folder: Path) -> Any:
    tables = {
        "schema_version": 1,
        "id": "bias_aware",
        "title": "Bias-aware",
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
            "donut": 1,
            "treatment": {"column": "condition"},
        },
        "models": MODELS,
    }  # fmt: skip
    return build_spec(
        tables, catalogue(), settings=Settings({}, ()), origin=Origin(folder=folder), label="rd"
    )


def test_cells_say_what_rows_say(tmp_path: Path) -> None:
    panel().to_parquet(tmp_path / "rows.parquet", index=False)
    spec = spec_of(tmp_path)
    cells, rows = run_spec(spec), run_spec(spec, engine="microdata")
    used = {(row.model_id, row.outcome): row.value for row in cells.details if row.name == "engine"}
    assert set(used.values()) == {"cells"}
    for one, other in zip(cells.estimates, rows.estimates, strict=True):
        assert (one.model_id, one.status, one.reason, one.n_obs, one.n_clusters) == (
            other.model_id, other.status, other.reason, other.n_obs, other.n_clusters
        )  # fmt: skip
        if one.model_id == "repeated":
            assert one.status == "refused" and "independent rows" in one.reason
            continue
        assert one.estimate == pytest.approx(other.estimate, abs=1e-9 * other.std_error)
        assert one.std_error == pytest.approx(other.std_error, rel=5e-9)
        for end in ("conf_low", "conf_high"):
            mine, yours = getattr(one, end), getattr(other, end)
            assert mine == pytest.approx(yours, abs=1e-7 * other.std_error)
