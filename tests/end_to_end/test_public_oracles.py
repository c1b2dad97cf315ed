"""From a file to the record, from cells: the numbers of other programs on the same rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import evaluation as ad
from evaluation.report.record import Record

MONTHS = [201600 + month for month in range(1, 13)]
HEAD = """
schema_version = 1
id = "oracle"
title = "Oracle"

[panel]
source = "file"
path = "rows.parquet"
unit = "person"
time = "ym"
time_unit = "month"

[outcomes]
pay = { column = "pay", kind = "continuous" }
"""
DID = f"""{HEAD}
[design]
kind = "did"
reform_date = 2016-07-01
treated = {{ column = "young", equals = 1 }}

[[models]]
id = "main"
estimand = "att_relative"
estimator = "twfe"
fixed_effects = ["town", "ym"]
controls = ["female", "size"]
cluster = "town"
"""
RD = f"""{HEAD}
[design]
kind = "rd"
running_variable = {{ column = "age", discrete = true }}
cutoff = 360
treated_side = "above"

[[models]]
id = "main"
estimand = "itt_at_cutoff"
estimator = "rd_robust"
bandwidth = {{ fixed = 20 }}
cluster = "town"
sides = "independent"
"""


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    draw = np.random.default_rng(8)
    persons = 300
    ym = np.tile(MONTHS, persons)
    town = np.repeat(draw.integers(0, 25, persons), len(MONTHS))
    young = np.repeat(draw.integers(0, 2, persons), len(MONTHS))
    age = np.repeat(draw.integers(320, 400, persons), len(MONTHS)) + np.tile(np.arange(12), persons)
    size = 50.0 + draw.normal(size=len(ym))
    pay = 40_000 + 300 * young * (ym >= 201607) + 900 * (age >= 360) + 60 * town + 20 * size
    frame = pd.DataFrame(
        {
            "person": np.repeat(np.arange(persons), len(MONTHS)),
            "ym": ym,
            "town": town,
            "young": young,
            "age": age,
            "female": np.repeat(draw.integers(0, 2, persons), len(MONTHS)),
            "size": size,
            "pay": pay + draw.normal(0, 700, len(ym)),
        }
    )
    return frame.loc[draw.random(len(frame)) < 0.95].reset_index(drop=True)


def record(folder: Path, text: str, rows: pd.DataFrame) -> Record:
    rows.to_parquet(folder / "rows.parquet", index=False)
    path = folder / "oracle.toml"
    path.write_text(text, encoding="utf-8")
    found = ad.run(path)
    (engine,) = [row.value for row in found.record.details if row.name == "engine"]
    assert engine == "cells"
    return found.record


def test_fixed_effects_are_those_of_pyfixest(tmp_path: Path, rows: pd.DataFrame) -> None:
    import pyfixest

    (row,) = record(tmp_path, DID, rows).estimates
    post = (rows["ym"] >= 201607).astype(int)
    fit = pyfixest.feols(
        "pay ~ both + young + female + size | town + ym",
        data=rows.assign(both=rows["young"] * post),
        vcov={"CRV1": "town"},
        fixef_tol=1e-12,
    )
    error = float(fit.se()["both"])
    assert row.estimate == pytest.approx(float(fit.coef()["both"]), abs=1e-8 * error)
    assert row.std_error == pytest.approx(error, rel=1e-8)


def test_a_discontinuity_is_that_of_rdrobust(tmp_path: Path, rows: pd.DataFrame) -> None:
    from rdrobust import rdrobust

    (row,) = record(tmp_path, RD, rows).estimates
    found = rdrobust(
        rows["pay"], rows["age"], c=360, h=20, b=20, cluster=rows["town"], masspoints="adjust"
    )
    assert row.estimate == pytest.approx(float(found.coef.iloc[0, 0]), rel=1e-9)
    assert row.std_error == pytest.approx(float(found.se.iloc[0, 0]), rel=1e-7)
