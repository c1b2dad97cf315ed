"""Unit effects with clusters that are the units, on outcomes that are no bits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evaluation import run

SPEC = """
schema_version = 1
id = "units"
title = "Units that adopt"
[panel]
source = "file"
path = "units.parquet"
unit = "unit"
time = "year"
time_unit = "integer"
[outcomes]
y = { column = "y", kind = "continuous" }
[design]
kind = "staggered_did"
cohort = { column = "start", never = 0 }
unbalanced = "keep"
[[models]]
id = "main"
estimand = "att"
estimator = "twfe"
fixed_effects = ["unit", "year"]
cluster = "unit"
variance = "cr1"
"""


@pytest.mark.parametrize("scale", [1, 1000], ids=["decimals", "whole numbers"])
def test_cells_give_what_rows_give(tmp_path, scale):
    generator = np.random.default_rng(2)
    unit, year = np.repeat(np.arange(30), 7), np.tile(np.arange(2010, 2017), 30)
    start = np.array([0, 2013, 2014])[unit % 3]
    y = generator.normal(size=len(unit)) + ((start > 0) & (year >= start))
    values = (y * scale).astype(int) if scale > 1 else y
    frame = pd.DataFrame({"unit": unit, "year": year, "start": start, "y": values})
    frame = frame[generator.random(len(frame)) > 0.1]
    path = tmp_path / "units.toml"
    path.write_text(SPEC, encoding="utf-8")
    cells = run(path, frame=frame).estimates.iloc[0]
    rows = run(path, frame=frame, engine="microdata").estimates.iloc[0]
    assert cells["estimate"] == pytest.approx(rows["estimate"], rel=1e-10)
    assert cells["std_error"] == pytest.approx(rows["std_error"], rel=5e-9)
