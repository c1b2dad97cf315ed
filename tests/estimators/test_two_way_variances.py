"""Two-way clusters that are too few fail in one line, never with an error that is no number."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evaluation import run
from evaluation.errors import EstimationError

HEAD = """
schema_version = 1
id = "few"
title = "Few clusters both ways"
[panel]
source = "file"
path = "few.parquet"
unit = "person"
time = "year"
time_unit = "integer"
[outcomes]
y = { column = "y", kind = "continuous" }
"""
IV = """
[design]
kind = "did"
treatment = { column = "got" }
instrument = { column = "open" }
[[models]]
id = "main"
estimand = "late"
estimator = "iv_2sls"
fixed_effects = ["year"]
cluster = ["town", "school"]
"""
INTERACTED = """
[design]
kind = "did"
treatment = { column = "open" }
[[models]]
id = "main"
estimand = "att"
estimator = "twfe"
fixed_effects = ["year"]
interact = ["p"]
cluster = ["town", "school"]
"""
PATH = """
[design]
kind = "did"
post = { column = "year", at_least = 2012 }
treated = { column = "young", equals = 1 }
[[models]]
id = "main"
estimand = "att_by_event_time"
estimator = "twfe_event_study"
average = true
cluster = ["town", "school"]
"""


def panel(seed: int) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    person, year = np.repeat(np.arange(40), 5), np.tile(np.arange(2010, 2015), 40)
    town, school = (draw.integers(0, 4, 40)[person] for _ in range(2))
    start = ((town % 2 == 0) & (year >= 2012)).astype(int)
    got = (start + draw.normal(size=len(year)) > 0.5).astype(int)
    y = got + draw.normal(size=len(year)) + draw.normal(size=40)[person]
    p, young = draw.random(40).round(2)[person], person % 2
    named = {"person": person, "year": year, "town": town, "school": school, "young": young}
    return pd.DataFrame({**named, "open": start, "got": got, "p": p, "y": y})


@pytest.mark.parametrize(
    ("tables", "seed"), [(IV, 52), (INTERACTED, 1), (PATH, 92)], ids=["iv", "interact", "average"]
)
def test_a_variance_that_is_not_positive_is_one_line(tmp_path, tables, seed):
    path = tmp_path / "few.toml"
    path.write_text(HEAD + tables, encoding="utf-8")
    with pytest.raises(EstimationError, match="not positive"):
        run(path, frame=panel(seed), engine="microdata")
