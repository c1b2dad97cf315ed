"""Specs at the edge of what cells are made of: rows and cells say the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from evaluation import run
from evaluation.errors import DataError

MONTHS = np.array([201601 + month for month in range(8)])
HEAD = """
schema_version = 1
id = "corners"
title = "Corners of plans"
[panel]
source = "file"
path = "panel.parquet"
unit = "person"
time = "ym"
time_unit = "month"
{weight}
[outcomes]
work = {{ column = "work", kind = "{kind}"{led} }}
"""


def panel() -> pd.DataFrame:
    draw = np.random.default_rng(3)
    person, month = np.repeat(np.arange(60), 8), np.tile(np.arange(8), 60)
    town = draw.integers(0, 6, 60)[person]
    frame = pd.DataFrame(
        {
            "person": person,
            "ym": MONTHS[month],
            "town": town,
            "young": person % 2,
            "open": ((town % 2 == 0) & (month >= 4)).astype(int),
            "adopted": np.where(town < 3, 201605.0, np.nan),
            "age": 20 + person % 12 + month,
            "w": draw.integers(1, 4, len(person)),
            "work": (draw.normal(size=len(person)) + 0.2 * month > 0.5).astype(int),
        }
    )
    frame["got"] = ((frame["open"] == 1) & (draw.random(len(frame)) < 0.7)).astype(int)
    return frame.loc[draw.random(len(frame)) < 0.9].reset_index(drop=True)


def both(tmp_path, tables: str, *, weight: str = "", led: str = "", kind: str = "binary") -> Any:
    """Return the run as the plan has it, and the run from rows, held equal."""
    path = tmp_path / "corners.toml"
    path.write_text(HEAD.format(weight=weight, led=led, kind=kind) + tables, encoding="utf-8")
    rows = panel()
    planned, plain = run(path, frame=rows), run(path, frame=rows, engine="microdata")
    one, other = planned.estimates.iloc[0], plain.estimates.iloc[0]
    assert abs(one["estimate"] - other["estimate"]) < 1e-9 * other["std_error"]
    assert one["std_error"] ** 2 == pytest.approx(other["std_error"] ** 2, rel=1e-8)
    engines = planned.details.loc[planned.details["name"] == "engine", "value"]
    assert set(engines) == {"cells"}
    return planned, plain


def test_a_model_beside_an_instrument_runs_from_cells_without_it(tmp_path):
    design = (
        '[design]\nkind = "did"\ntreatment = { column = "got" }\ninstrument = { column = "open" }'
    )
    model = """
[[models]]
id = "main"
estimand = "att"
estimator = "twfe"
fixed_effects = ["town", "ym"]
cluster = "town"
"""
    both(tmp_path, f"{design}\n{model}")


def test_a_weighted_hazard_with_a_link_runs_from_cells(tmp_path):
    tables = """
[design]
kind = "did"
reform_date = 2016-05-01
treated = { column = "young", equals = 1 }
[[models]]
id = "main"
estimand = "hazard_effect"
estimator = "discrete_hazard"
link = "logit"
cluster = "town"
"""
    both(tmp_path, tables, weight='weight = "w"')


def test_rows_beyond_the_data_are_counted_at_a_cutoff(tmp_path):
    tables = """
[design]
kind = "rd"
running_variable = { column = "age", discrete = true }
cutoff = 28
treated_side = "below"
[[models]]
id = "main"
estimand = "itt_at_cutoff"
estimator = "rd_polynomial"
cluster = "person"
"""
    planned, plain = both(tmp_path, tables, led=", lead_months = 2")
    told = [
        one.details.loc[one.details["name"].str.startswith("rows dropped"), ["name", "value"]]
        for one in (planned, plain)
    ]
    assert told[0].to_numpy().tolist() == told[1].to_numpy().tolist()
    assert "rows dropped: lead beyond the data" in set(told[1]["name"])


@pytest.mark.parametrize("engine", ["auto", "microdata"])
def test_nobody_who_adopts_is_one_line_on_both_roads(tmp_path, engine):
    tables = """
[design]
kind = "staggered_did"
cohort = { column = "adopted", never = "missing" }
unbalanced = "keep"
[[models]]
id = "main"
estimand = "att"
estimator = "twfe"
fixed_effects = ["person", "ym"]
cluster = "town"
"""
    path = tmp_path / "corners.toml"
    path.write_text(HEAD.format(weight="", led="", kind="binary") + tables, encoding="utf-8")
    with pytest.raises(DataError, match="no row belongs to a treated cohort"):
        run(path, frame=panel().assign(adopted=np.nan), engine=engine)


def test_groups_count_event_time_from_a_filter_of_periods(tmp_path):
    tables = """
[sample]
rows = { by = ["town"] }
[design]
kind = "did"
post = { column = "ym", at_least = 201605 }
treated = { column = "town", below = 3 }
[[models]]
id = "main"
estimand = "att_by_event_time"
estimator = "twfe_event_study"
cluster = "town"
variance = "cr1"
"""
    both(tmp_path, tables, kind="share")


@pytest.mark.parametrize(
    ("column", "staggered"),
    [("open", False), ("started", True), ("returned", True)],
)
def test_gaps_do_not_stagger_what_begins_at_once(tmp_path, monkeypatch, column, staggered):
    def rows() -> pd.DataFrame:
        frame = panel_with_gaps()
        month = frame["ym"] - MONTHS[0]
        wave = frame["town"] // 2
        columns = {
            "started": month >= 4 + wave,
            "returned": (month >= 4 + wave) & (month < 7),
        }
        return frame.assign(**{name: one.astype(int) for name, one in columns.items()})

    panel_with_gaps = panel
    monkeypatch.setitem(globals(), "panel", rows)
    design = f'[design]\nkind = "did"\ntreatment = {{ column = "{column}" }}'
    model = """
[[models]]
id = "main"
estimand = "att"
estimator = "twfe"
fixed_effects = ["town", "ym"]
cluster = "town"
"""
    planned, plain = both(tmp_path, f"{design}\n{model}")
    for found in (planned, plain):
        assert ("adoption is staggered" in found.estimates.loc[0, "reason"]) == staggered
