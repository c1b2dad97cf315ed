"""Whole specs with predicted risks: reforms times risk, instruments times risk, quantiles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evaluation.catalogue import catalogue
from evaluation.pipeline import run_spec
from evaluation.review.explain import explain
from evaluation.spec.loader import build_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import read_settings

PERSONS, MUNIS, YEARS, FIT_BEFORE = 3_000, 40, 8, 2003
EFFECT = 0.8


@pytest.fixture(scope="module")
def panel() -> pd.DataFrame:
    """Persons in places that open a programme at their own time; those at risk take part more."""
    generator = np.random.default_rng(17)
    person = np.repeat(np.arange(PERSONS), YEARS)
    year = np.tile(2000 + np.arange(YEARS), PERSONS)
    muni = person % MUNIS
    poor = np.repeat(generator.integers(0, 2, PERSONS), YEARS)
    kind = np.repeat(generator.choice(["a", "b", "c"], PERSONS), YEARS)
    chance = 1 / (1 + np.exp(1.5 - 1.6 * poor - 0.8 * (kind == "c")))
    claims = (generator.random(len(person)) < chance).astype(int)
    opens = 2003 + np.arange(MUNIS) % 5
    on = (year >= opens[muni]).astype(int)
    hidden = np.repeat(generator.normal(size=PERSONS), YEARS)
    takes = (generator.random(len(person)) < 0.1 + 0.6 * on * chance + 0.05 * (hidden > 0)).astype(
        int
    )
    y = EFFECT * takes + hidden + 0.5 * generator.normal(size=len(person)) + chance
    return pd.DataFrame(
        {"person": person, "year": year, "muni": muni, "poor": poor, "kind": kind,
         "claims": claims, "on": on, "takes": takes, "y": y}
    )  # fmt: skip


RISK = {"op": "predicted_risk", "of": "claims", "from": ["poor", "kind"],
        "fit_before": FIT_BEFORE, "folds": 4}  # fmt: skip
COMMON = {"fixed_effects": ["muni", "year"], "cluster": "muni", "variance": "cr1"}


def run(panel: pd.DataFrame, tmp_path: Path, design: dict[str, Any], *models: dict[str, Any]):
    tables: dict[str, Any] = {
        "schema_version": 1,
        "id": "risk",
        "title": "Risk",
        "panel": {"source": "file", "path": "rows.csv", "unit": "person", "time": "year",
                  "time_unit": "integer"},
        "derive": {"p": RISK, "high": {"op": "cut", "column": "p", "at": [0.3]}},
        "outcomes": {"y": {"column": "y", "kind": "continuous"}},
        "design": {"kind": "did", **design},
        "models": [{**COMMON, **model} for model in models],
    }  # fmt: skip
    spec = build_spec(tables, catalogue(), settings=read_settings(()),
                      origin=Origin(folder=tmp_path), label="risk")  # fmt: skip
    return spec, run_spec(spec, frame=panel)


def test_an_instrument_times_risk_finds_the_effect(panel, tmp_path) -> None:
    design = {"treatment": {"column": "takes"}, "instrument": {"column": "on", "times": "p"}}
    model = {"id": "iv", "estimand": "late", "estimator": "iv_2sls", "controls": ["on"]}
    spec, record = run(panel, tmp_path, design, model)
    effect, reduced = record.estimates
    assert abs(effect.estimate - EFFECT) < 3 * effect.std_error < 0.5
    assert (effect.estimand, reduced.term) == ("late", "reduced form")
    details = {row.name: row.value for row in record.details}
    assert details["effective_f"] > 23.1 and details["engine"] == "microdata"
    assert details["anderson_rubin_low"] < EFFECT < details["anderson_rubin_high"]
    assert any("take the values as known" in note for note in record.notes)
    text = explain(spec)
    assert "Column derived: p, predicted_risk of claims, poor, kind." in text
    assert "takes = π·on × p" in text


def test_a_reform_times_risk(panel, tmp_path) -> None:
    models = (
        {"id": "line", "estimand": "att", "estimator": "twfe", "interact": ["p"]},
        {"id": "classes", "estimand": "att_relative", "estimator": "triple_difference",
         "risk": "p", "cutpoints": [0.25, 0.5]},
        {"id": "cells", "estimand": "att", "estimator": "twfe", "interact": ["high"]},
    )  # fmt: skip
    _, record = run(panel, tmp_path, {"treatment": {"column": "on"}}, *models)
    rows = {(row.model_id, row.term): row for row in record.estimates}
    # Of those reached, 0.6 × risk take part, each for EFFECT.
    slope = rows["line", "× p"]
    assert abs(slope.estimate - 0.6 * EFFECT) < 3 * slope.std_error < 0.6
    assert rows["line", ""].estimate > rows["line", "at p = 0"].estimate
    classes = [rows["classes", f"class {at} of 3"].estimate for at in (1, 2, 3)]
    assert classes[0] < classes[2]
    assert rows["classes", ""].estimate == pytest.approx(classes[2] - classes[0])
    engines = {row.model_id: row.value for row in record.details if row.name == "engine"}
    assert engines == {"line": "microdata", "classes": "microdata", "cells": "cells"}


def test_quantiles(panel, tmp_path) -> None:
    model = {"id": "q", "estimand": "quantile_effect", "estimator": "rif_quantile",
             "quantiles": [0.25, 0.75], "draws": 99, "seed": 3}  # fmt: skip
    _, first = run(panel, tmp_path, {"treatment": {"column": "on"}}, model)
    _, second = run(panel, tmp_path, {"treatment": {"column": "on"}}, model)
    assert [row.quantile for row in first.estimates] == [0.25, 0.75]
    assert first.estimates == second.estimates
    assert all(0 < row.std_error < 0.2 for row in first.estimates)
