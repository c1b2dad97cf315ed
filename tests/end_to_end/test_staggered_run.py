"""Estimators of adoption that differs over towns run from cells, and say what rows say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evaluation import load_spec
from evaluation.pipeline import run_spec
from evaluation.report.record import Record

PANEL = """
schema_version = 1
id = "towns"
title = "Towns that adopt"

[panel]
source = "file"
path = "towns.parquet"
unit = "person"
time = "ym"
time_unit = "month"

[outcomes]
work = { column = "work", kind = "binary" }
"""

STAGGERED = """
[design]
kind = "staggered_did"
cohort = { column = "adopted", never = "missing" }
unbalanced = "keep"

[[models]]
id = "sa"
estimand = "att_by_event_time"
estimator = "interaction_weighted"
event_bin = "quarter"
event_window = [-3, 3]
event_ends = "bin"
aggregate = ["simple"]
fixed_effects = ["town", "ym"]
cluster = "town"
bands = { kind = "uniform", draws = 199, seed = 1 }

[[models]]
id = "sa_persons"
estimand = "att"
estimator = "interaction_weighted"
event_window = [-3, 3]
event_ends = "drop"
fixed_effects = ["person", "ym"]
cluster = "town"
variance = "cr1"

[[models]]
id = "wooldridge"
estimand = "att"
estimator = "extended_twfe"
controls = ["female"]
cluster = "town"

[[models]]
id = "imputed"
estimand = "att_by_event_time"
estimator = "imputation"
aggregate = ["simple", "cohort"]
controls = ["score"]
fixed_effects = ["town", "ym"]
event_bin = "quarter"
leads = 2
cluster = "town"
variance = "cr3"

[[models]]
id = "imputed_persons"
estimand = "att"
estimator = "imputation"
fixed_effects = ["person", "ym"]
cluster = "town"

[[models]]
id = "first"
estimand = "att_by_event_time"
estimator = "switching"
effects = 4
cluster = "town"

[[checks]]
kind = "pretrends"
model = "imputed"
"""

SWITCHING = """
[design]
kind = "did"
treatment = { column = "condition" }

[[models]]
id = "persons"
estimand = "att"
estimator = "switching"
placebos = 1
cluster = "town"

[[models]]
id = "offices"
estimand = "att_by_event_time"
estimator = "switching"
group = "office"
effects = 3
cluster = "town"
variance = "cr3"
"""


def towns() -> pd.DataFrame:
    """Return persons with gaps in sixty towns of two offices each; conditions come and go."""
    draw = np.random.default_rng(7)
    persons, months = 600, [201500 + month for month in range(1, 13)]
    person, at = np.repeat(np.arange(persons), 12), np.tile(np.arange(12), persons)
    town = person % 60
    office = 2 * town + (person // 60) % 2
    adopted = np.array([np.nan, 201506.0, 201508.0])[town % 3]
    condition = (draw.random((120, 12)) < 0.2).cumsum(axis=1)[office, at] % 2
    frame = pd.DataFrame(
        {
            "person": person,
            "ym": np.array(months)[at],
            "town": town,
            "office": office,
            "adopted": adopted,
            "condition": condition,
            "female": (person // 120) % 2,
            "score": draw.normal(size=len(person)).round(2),
        }
    )
    latent = 0.3 * (frame["ym"] >= adopted) + 0.2 * condition + 0.01 * town
    frame["work"] = (latent + draw.normal(size=len(frame)) > 0.5).astype(np.int8)
    # Few kinds of gaps, so that types are fewer than persons.
    return frame[~((person % 5 == 1) & (at == 3))].reset_index(drop=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("towns")
    towns().to_parquet(home / "towns.parquet", index=False)
    for name, text in (("staggered", STAGGERED), ("switching", SWITCHING)):
        (home / f"{name}.toml").write_text(PANEL + text, encoding="utf-8")
    return home


def engines(record: Record) -> dict[tuple[str, str], Any]:
    return {
        (row.model_id, row.outcome): row.value for row in record.details if row.name == "engine"
    }


@pytest.mark.parametrize("name", ["staggered", "switching"])
def test_cells_say_what_rows_say(folder: Path, name: str) -> None:
    spec = load_spec(folder / f"{name}.toml")
    cells, rows = run_spec(spec), run_spec(spec, engine="microdata")
    assert set(engines(cells).values()) == {"cells"}
    assert set(engines(rows).values()) == {"microdata"}
    assert len(cells.estimates) == len(rows.estimates) > 5
    for one, other in zip(cells.estimates, rows.estimates, strict=True):
        place = (one.model_id, one.term, one.event_time, one.cohort)
        assert (one.status, one.reason) == (other.status, other.reason), place
        assert (one.n_obs, one.n_units) == (other.n_obs, other.n_units), place
        assert one.status == "ok" and one.n_clusters == other.n_clusters == 60, place
        assert one.estimate is not None and other.estimate is not None
        assert one.std_error is not None and other.std_error is not None
        assert abs(one.estimate - other.estimate) < 1e-9 * other.std_error, place
        assert one.std_error == pytest.approx(other.std_error, rel=1e-8), place
    for one, other in zip(cells.checks, rows.checks, strict=True):
        assert one.verdict == other.verdict
        assert (one.statistic is None) == (other.statistic is None)
        if one.statistic is not None:
            assert one.statistic == pytest.approx(other.statistic, rel=1e-7)
