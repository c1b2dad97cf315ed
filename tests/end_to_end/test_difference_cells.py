"""Differences of discontinuities from a spec: cells say what rows say, by person included."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evaluation.catalogue import catalogue
from evaluation.pipeline import run_spec
from evaluation.report.record import Record
from evaluation.spec.loader import build_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import Settings

JUMP = {
    "estimand": "change_in_itt_at_cutoff", "estimator": "rd_difference", "outcomes": ["left"]
}  # fmt: skip
KINK = {**JUMP, "estimand": "change_in_kink_at_cutoff"}
PERSON = {"cluster": "person"}
MODELS = [
    {
        "id": "person",
        **JUMP,
        **PERSON,
        "controls": ["score"],
        "bandwidth": {"fixed": 9, "bias": 11},
    },
    {"id": "rule", **JUMP, **PERSON},
    {"id": "kink", **KINK, **PERSON, "bandwidth": {"fixed": 12}},
    {"id": "third", **JUMP, **PERSON, "between": "third", "periods": "post"},
    {
        "id": "triple", **JUMP, **PERSON, "between": "both", "bandwidth": {"fixed": 12},
        "outcomes": ["left", "nok"],
    },
    {"id": "town", **KINK, "cluster": "town", "between": "both"},
    {"id": "rows", **JUMP, "between": "third", "keep": [{"column": "score", "below": 1.5}]},
    {"id": "neighbours", **JUMP, "variance": "nn"},
    {"id": "jump", "estimand": "itt_at_cutoff", "estimator": "rd_robust", **PERSON},
]  # fmt: skip
MONTHS = [year * 100 + month for year in (2016, 2017) for month in range(1, 13)]


def panel(persons: int = 150) -> pd.DataFrame:
    draw = np.random.default_rng(3)
    person = np.repeat(np.arange(persons), len(MONTHS))
    age = np.repeat(draw.integers(326, 374, persons), 24) + np.tile(np.arange(24), persons)
    lean = draw.normal(size=persons)[person]
    ym = np.tile(MONTHS, persons)
    under = (age < 360) & (ym >= 201701)
    prior = draw.choice([0.0, 1.0, np.nan], persons, p=[0.45, 0.45, 0.1])[person]
    # Some change group, so that a person may have rows in all fits.
    prior = np.where((person % 5 == 0) & (age > 355), 1 - prior, prior)
    share = np.where(age == 360, (draw.integers(0, 31, persons) / 31)[person], age < 360)
    frame = pd.DataFrame(
        {
            "person": person,
            "ym": ym,
            "age_months": age,
            "town": person % 13,
            "share": share,
            "prior": prior,
            "score": np.clip((lean + draw.normal(size=len(person))).round(), -2, 2),
            "left": (lean + 0.4 * under + draw.normal(size=len(person)) > 0.6).astype(np.int8),
            "nok": (1000 * np.exp(lean) + 50 * under * (age - 360)).round(2),
        }
    )
    return frame.loc[draw.random(len(frame)) < 0.9].reset_index(drop=True)


def spec_of(folder: Path, models: list[dict[str, Any]], **design: Any) -> Any:
    tables = {
        "schema_version": 1,
        "id": "difference",
        "title": "Difference",
        "panel": {
            "source": "file", "path": "rows.parquet", "unit": "person", "time": "ym",
            "time_unit": "month",
        },
        "outcomes": {
            "left": {"column": "left", "kind": "binary"},
            "nok": {"column": "nok", "kind": "nok"},
        },
        "design": {
            "kind": "rd",
            "running_variable": {"column": "age_months", "discrete": True},
            "cutoff": 360,
            "treated_side": "below",
            "reform_date": dt.date(2017, 1, 1),
            "third": {"column": "prior", "equals": 1},
            **(design or {"donut": 1}),
        },
        "models": models,
    }  # fmt: skip
    return build_spec(
        tables, catalogue(), settings=Settings({}, ()), origin=Origin(folder=folder), label="rd"
    )


def test_cells_say_what_rows_say(tmp_path: Path) -> None:
    panel().to_parquet(tmp_path / "rows.parquet", index=False)
    spec = spec_of(tmp_path, MODELS)
    cells, rows = run_spec(spec), run_spec(spec, engine="microdata")
    used = {(row.model_id, row.outcome): row.value for row in cells.details if row.name == "engine"}
    assert set(used.values()) == {"cells"}, used
    assert len(cells.estimates) == len(MODELS) + 2
    hold_equal(cells, rows)
    known = panel()["prior"].notna()
    by_model = {one.model_id: one.n_obs for one in cells.estimates}
    outside = panel()["age_months"] != 360
    assert by_model["triple"] == (known & outside).sum() < by_model["person"] == outside.sum()


def test_the_month_of_the_cutoff_counts_by_its_share_in_every_part(tmp_path: Path) -> None:
    panel().to_parquet(tmp_path / "rows.parquet", index=False)
    both = {"between": "both", "bandwidth": {"fixed": 12}}
    alone = {"estimand": "itt_at_cutoff", "estimator": "rd_robust", "outcomes": ["left"]}
    models = [
        {"id": "triple", **JUMP, **PERSON, **both},
        {"id": "neighbours", **JUMP, **both, "variance": "nn"},
        {"id": "change", **KINK, "between": "periods", **PERSON},
        {"id": "periods", **JUMP, **PERSON, "bandwidth": {"fixed": 12}},
        {"id": "post", **alone, **PERSON, "bandwidth": {"fixed": 12}, "periods": "post"},
        {"id": "pre", **alone, **PERSON, "bandwidth": {"fixed": 12}, "periods": "pre"},
    ]
    spec = spec_of(tmp_path, models, exposure="share")
    cells, rows = run_spec(spec), run_spec(spec, engine="microdata")
    hold_equal(cells, rows)
    found = {(d.model_id, d.name): d.value for d in cells.details}
    single = {one.model_id: one for one in cells.estimates}
    for part, model in (("after", "post"), ("before", "pre")):
        assert found["periods", f"{part}_estimate"] == pytest.approx(single[model].estimate)
        assert found["periods", f"{part}_std_error"] == pytest.approx(single[model].std_error)
        assert found["periods", f"{part}_robust_std_error"] == pytest.approx(
            found[model, "robust_std_error"]
        )


def hold_equal(cells: Record, rows: Record) -> None:
    for one, other in zip(cells.estimates, rows.estimates, strict=True):
        assert one.status == "ok", (one.model_id, one.reason)
        mine = (one.model_id, one.n_obs, one.n_clusters, one.n_units)
        assert mine == (other.model_id, other.n_obs, other.n_clusters, other.n_units)
        assert one.estimate == pytest.approx(other.estimate, abs=1e-9 * other.std_error)
        assert one.std_error == pytest.approx(other.std_error, rel=5e-9)
        for end in ("conf_low", "conf_high"):
            assert getattr(one, end) == pytest.approx(
                getattr(other, end), abs=1e-7 * other.std_error
            )
    both = [
        {
            (d.model_id, d.outcome, d.name): d.value
            for d in one.details
            if not d.name.startswith("engine")
        }
        for one in (cells, rows)
    ]
    assert set(both[0]) == set(both[1])
    for key, value in both[0].items():
        if isinstance(value, float):
            assert value == pytest.approx(both[1][key], rel=1e-6), key
