"""Influence by cluster: its squares are the clustered covariance, and it names its clusters."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evaluation import load_spec
from evaluation.estimators.fitting import setting_of
from evaluation.estimators.registry import estimator
from evaluation.estimators.supplying import Request, supply_of

SPEC = """
schema_version = 1
id = "towns"
title = "Towns that adopt"
[panel]
source = "file"
path = "towns.parquet"
unit = "id"
time = "year"
time_unit = "integer"
[outcomes]
y = {{ column = "y", kind = "continuous" }}
[design]
kind = "staggered_did"
cohort = {{ column = "start", never = 0 }}
unbalanced = "keep"
[[models]]
id = "main"
estimand = "{estimand}"
estimator = "{estimator}"
cluster = "town"
variance = "cr1"
{more}
"""


def towns() -> pd.DataFrame:
    """Return persons in twenty towns, three of whose cohorts adopt."""
    generator = np.random.default_rng(3)
    town = np.repeat(np.arange(20), 8 * 15)
    year = np.tile(np.arange(8), 20 * 15)
    start = np.array([0, 0, 2014, 2015])[town % 4]
    y = 0.2 * ((start > 0) & (year + 2010 >= start)) + generator.normal(size=len(town))
    unit = np.repeat(np.arange(300), 8)
    return pd.DataFrame({"id": unit, "town": town, "year": year + 2010, "start": start, "y": y})


MODELS = {
    "twfe": ("att", 'fixed_effects = ["town", "year"]'),
    "twfe_event_study": ("att_by_event_time", 'fixed_effects = ["town", "year"]'),
    "group_time_att": ("att_gt", 'aggregate = ["simple", "event_time"]'),
}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("engine", ["cells", "rows"])
def test_squares_of_influence_are_the_clustered_covariance(name, engine, tmp_path):
    estimand, more = MODELS[name]
    path = tmp_path / "towns.toml"
    path.write_text(SPEC.format(estimand=estimand, estimator=name, more=more), encoding="utf-8")
    spec = load_spec(path)
    model = spec.models[0]
    supply = supply_of(Request(spec, frame=towns()), lambda stage: nullcontext())
    outcome = spec.outcomes["y"]
    data = {
        "cells": lambda: supply.cells(model, supply.route(model), "y", outcome),
        "rows": lambda: supply.model_rows(model, "y", outcome),
    }[engine]()
    setting = replace(setting_of(spec, model), evidence=frozenset({"influence"}))
    fit = estimator(name).fit(data, setting)
    found = fit.influence
    assert found is not None
    assert found.column == "town"
    assert found.labels == tuple(range(20))
    assert found.values.shape == (20, len(fit.terms))
    made = found.factor * found.values.T @ found.values
    np.testing.assert_allclose(made, fit.covariance, rtol=1e-9, atol=1e-12)


def test_units_without_a_name_are_matched_with_nobody(tmp_path):
    path = tmp_path / "towns.toml"
    text = SPEC.format(estimand="att_gt", estimator="group_time_att", more="")
    lines = [line for line in text.splitlines() if not line.startswith(("cluster", "variance"))]
    path.write_text("\n".join(lines), encoding="utf-8")
    spec = load_spec(path)
    model = spec.models[0]
    supply = supply_of(Request(spec, frame=towns(), engine="microdata"), lambda _: nullcontext())
    data = supply.model_rows(model, "y", spec.outcomes["y"])
    setting = replace(setting_of(spec, model), evidence=frozenset({"influence"}))
    assert estimator("group_time_att").fit(data, setting).influence is None
