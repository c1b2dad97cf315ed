"""Shares of units that all have as many rows are those that a look at every unit gives."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evaluation import load_spec
from evaluation.cells import cell_pass
from evaluation.cells.build import build_cells, build_units
from evaluation.cells.engines.duckdb import relation_of_frame
from evaluation.cells.even_rows import even_rows
from evaluation.cells.settings import Settings
from evaluation.estimators.supplying import plan_of

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
estimand = "att_gt"
estimator = "group_time_att"
cluster = "town"
variance = "cr1"
"""


def panel(gaps: bool) -> pd.DataFrame:
    generator = np.random.default_rng(1)
    unit, year = np.repeat(np.arange(60), 7), np.tile(np.arange(2010, 2017), 60)
    frame = pd.DataFrame(
        {
            "unit": unit,
            "year": year,
            "town": unit % 12,
            "start": np.array([0, 2012, 2014])[unit % 3],
        }
    ).assign(y=generator.normal(size=len(unit)))
    return frame[(frame["unit"] > 3) | (frame["year"] < 2015)] if gaps else frame


@pytest.mark.parametrize("gaps", [False, True])
def test_shares_are_the_same_bytes(tmp_path, monkeypatch, gaps):
    path = tmp_path / "units.toml"
    path.write_text(SPEC, encoding="utf-8")
    relation = relation_of_frame(panel(gaps), {}, Settings())
    plan = plan_of(load_spec(path))(relation.columns)
    units = build_units(relation, plan, Settings())[0]
    assert even_rows(units) == (None if gaps else 7)
    assert even_rows(None) is None
    (found,) = build_cells(relation, plan, plan.passes, Settings(), units).values()
    (looked,) = build_cells(relation, plan, plan.passes, Settings()).values()
    pd.testing.assert_frame_equal(found.frame, looked.frame, check_exact=True)
    assert found.frame["ad_share"].sum() == pytest.approx(60)
    asked = []
    monkeypatch.setattr(
        cell_pass,
        "keyed_rows",
        lambda *args, known=cell_pass.keyed_rows: asked.append(args[-1]) or known(*args),
    )
    build_cells(relation, plan, plan.passes, Settings(), units)
    assert asked == [gaps]
