"""What cells must leave to the rows, and what they need not: rows and cells agree on both."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from evaluation.catalogue import catalogue
from evaluation.commands.cells_sql import print_sql
from evaluation.errors import DataError
from evaluation.pipeline import run_spec
from evaluation.report.record import Record
from evaluation.spec.loader import build_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import Settings
from evaluation.spec.spec import Spec

MONTHS = [201600 + month for month in range(1, 13)]
STAGGERED = {
    "kind": "staggered_did",
    "cohort": {"column": "adopted", "never": "missing"},
    "unbalanced": "keep",
}
GROUP_TIME = {
    "id": "cs", "estimand": "att_gt", "estimator": "group_time_att", "cluster": "town",
    "aggregate": ["simple"],
}  # fmt: skip
TWFE = {
    "id": "twfe", "estimand": "att", "estimator": "twfe", "fixed_effects": ["town", "ym"],
    "cluster": "town",
}  # fmt: skip


def panel(seed: int = 7, persons: int = 160) -> pd.DataFrame:
    """Return an unbalanced panel whose towns adopt before, in or never during the year."""
    draw = np.random.default_rng(seed)
    person = np.repeat(np.arange(persons), len(MONTHS))
    town = np.repeat(draw.integers(0, 20, persons), len(MONTHS))
    ym = np.tile(MONTHS, persons)
    adopted = np.array([201605, 201609, np.nan, 201512])[town % 4]
    frame = pd.DataFrame(
        {
            "person": person,
            "ym": ym,
            "town": town,
            "adopted": adopted,
            "age": np.repeat(draw.integers(20, 40, persons), len(MONTHS)),
            "young": np.repeat(draw.integers(0, 2, persons), len(MONTHS)),
            "home": np.where(person < 2, 0, person),
            "income": draw.integers(0, 9, len(person)),
            "work": (draw.normal(size=len(person)) + 0.3 * (ym >= adopted) > 0).astype(np.int8),
        }
    )
    return frame.loc[draw.random(len(frame)) < 0.9].reset_index(drop=True)


def spec_of(design: dict[str, Any], *models: dict[str, Any], **changes: Any) -> Spec:
    tables = {
        "schema_version": 1, "id": "corners", "title": "Corners", "design": design,
        "panel": {
            "source": "file", "path": "panel.parquet", "unit": "person", "time": "ym",
            "time_unit": "month",
        },
        "outcomes": {"work": {"column": "work", "kind": "binary"}}, "models": list(models),
        **changes,
    }  # fmt: skip
    origin = Origin(folder=Path())
    return build_spec(tables, catalogue(), settings=Settings({}, ()), origin=origin, label="spec")


def hold_equal(cells: Record, rows: Record) -> None:
    assert len(cells.estimates) == len(rows.estimates)
    for one, other in zip(cells.estimates, rows.estimates, strict=True):
        assert (one.status, one.reason) == (other.status, other.reason)
        assert (one.n_obs, one.n_units) == (other.n_obs, other.n_units), one.model_id
        assert one.n_clusters == other.n_clusters
        if one.estimate is None or other.estimate is None or other.std_error is None:
            assert (one.estimate, one.std_error) == (other.estimate, other.std_error)
            continue
        assert abs(one.estimate - other.estimate) < 1e-9 * other.std_error
        assert one.std_error == pytest.approx(other.std_error, rel=5e-9)


def detail(record: Record, name: str) -> list[Any]:
    return [row.value for row in record.details if row.name == name]


def test_a_jackknife_of_units_that_swap_towns_runs_from_rows() -> None:
    frame = panel()
    # Two persons of one cohort change places for as long: shares by town stay whole.
    full = frame.groupby("person")["ym"].transform("size") == 11
    first, second = frame.loc[
        full & frame["town"].isin([0, 4]), ["person", "town"]
    ].drop_duplicates("town")["person"]
    later = frame["ym"] >= 201607
    towns = frame.groupby("person")["town"].first()
    frame.loc[later & (frame["person"] == first), "town"] = towns[second]
    frame.loc[later & (frame["person"] == second), "town"] = towns[first]
    spec = spec_of(STAGGERED, {**GROUP_TIME, "variance": "cr3", "moving_clusters": "keep"})
    cells = run_spec(spec, frame=frame)
    assert detail(cells, "engine") == ["microdata"]
    assert "moving_clusters" in detail(cells, "engine_reason")[0]
    hold_equal(cells, run_spec(spec, frame=frame, engine="microdata"))


@pytest.mark.parametrize("rule", ["drop", "keep_as_always"])
def test_units_that_are_always_treated_are_counted_in_cells(tmp_path: Path, rule: str) -> None:
    frame = panel()
    spec = spec_of({**STAGGERED, "always_treated": rule}, TWFE)
    cells = run_spec(spec, frame=frame, memory=tmp_path)
    rows = run_spec(spec, frame=frame, engine="microdata")
    assert detail(cells, "engine") == ["cells"]
    hold_equal(cells, rows)
    assert detail(cells, "always_treated") == detail(rows, "always_treated") != []


def test_shares_of_wider_rows_count_no_units_of_fewer(tmp_path: Path) -> None:
    frame = panel()
    late = frame["adopted"].eq(201605) & frame["person"].mod(3).eq(0) & frame["ym"].gt(201604)
    frame = frame.loc[~late]
    wide = spec_of(STAGGERED, GROUP_TIME)
    run_spec(wide, frame=frame, memory=tmp_path)
    window = {
        "source": "file", "path": "panel.parquet", "unit": "person", "time": "ym",
        "time_unit": "month", "window": [dt.date(2016, 5, 1), dt.date(2016, 12, 31)],
    }  # fmt: skip
    spec = spec_of(STAGGERED, TWFE, panel=window)
    again = run_spec(spec, frame=frame, memory=tmp_path)
    rows = run_spec(spec, frame=frame, engine="microdata")
    assert detail(again, "always_treated") == detail(rows, "always_treated") != []
    hold_equal(again, rows)


def test_few_treated_clusters_of_a_second_pass_are_counted(tmp_path: Path) -> None:
    frame = panel()
    frame["aged"] = (frame["age"] >= 30).astype(np.int8)
    frame["few"] = frame["person"].lt(6).astype(np.int8)
    design = {
        "kind": "did",
        "reform_date": dt.date(2016, 7, 1),
        "treated": {"column": "few", "equals": 1},
        "third": {"column": "aged", "equals": 1},
    }
    model = {"id": "third", "estimand": "att_relative", "estimator": "triple_difference"}
    spec = spec_of(design, {**model, "cluster": "person"})
    cells = run_spec(spec, frame=frame)
    rows = run_spec(spec, frame=frame, engine="microdata")
    assert detail(cells, "engine") == ["cells"]
    assert "treated clusters" in rows.estimates[0].reason
    hold_equal(cells, rows)


RD = {
    "kind": "rd",
    "running_variable": {"column": "age", "discrete": True},
    "cutoff": 30,
    "treated_side": "below",
}
JUMP = {"estimand": "itt_at_cutoff", "bandwidth": {"fixed": 6}, "cluster": "person"}
JUMPS = (
    {"id": "order", "estimator": "rd_polynomial", **JUMP},
    {"id": "robust", "estimator": "rd_robust", **JUMP},
)


def ageing(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the panel with ages that pass several points, and missing outcomes."""
    age = frame["age"] + frame["ym"] % 100 // 4
    return frame.assign(age=age, work=frame["work"].where(frame.index % 17 != 0))


def from_selects(spec: Spec, frame: pd.DataFrame, folder: Path) -> Record:
    """Return the run from what the printed SELECTs give in DuckDB."""
    with duckdb.connect() as base:
        base.register("panel", frame)
        for part in print_sql(spec, "duckdb").split("-- Save as ")[1:]:
            file, text = part.split("\n", 1)
            query = text.split(";", 1)[0]
            base.execute(f"COPY ({query}) TO '{folder / file}' (FORMAT parquet)")
    return run_spec(spec, cells=folder)


@pytest.mark.parametrize("donut", [None, 1, 3])
@pytest.mark.parametrize("periods", ["all", "post"])
def test_selects_count_the_units_of_a_cutoff(tmp_path: Path, donut: Any, periods: str) -> None:
    frame = ageing(panel())
    design = {**RD, "donut": donut} if donut else RD
    design = {**design, "reform_date": dt.date(2016, 7, 1)}
    spec = spec_of(design, *({**one, "periods": periods} for one in JUMPS))
    hold_equal(from_selects(spec, frame, tmp_path), run_spec(spec, frame=frame, engine="microdata"))


@pytest.mark.parametrize("variance", ["cr1", "cr3"])
def test_selects_hold_the_shares_of_units(tmp_path: Path, variance: str) -> None:
    frame = panel()
    spec = spec_of(STAGGERED, {**GROUP_TIME, "variance": variance}, TWFE)
    cells = from_selects(spec, frame, tmp_path)
    rows = run_spec(spec, frame=frame, engine="microdata")
    for one, other in zip(cells.estimates, rows.estimates, strict=True):
        assert (one.n_obs, one.n_units, one.n_clusters) == (
            other.n_obs, other.n_units, other.n_clusters,
        )  # fmt: skip
        if one.estimate is None or other.estimate is None or other.std_error is None:
            assert one.estimate == other.estimate
            continue
        assert abs(one.estimate - other.estimate) < 1e-9 * other.std_error
        assert one.std_error == pytest.approx(other.std_error, rel=5e-9)
    table = tmp_path / "cells_1.parquet"
    pd.read_parquet(table).drop(columns="ad_share").to_parquet(table)
    with pytest.raises(DataError, match="no column 'ad_share'"):
        run_spec(spec, cells=tmp_path)


@pytest.mark.parametrize("donut", [None, 2])
def test_units_of_a_cutoff_are_counted_with_many_kinds_of_missing_rows(donut: Any) -> None:
    draw = np.random.default_rng(1)
    frame = ageing(panel()).assign(age=lambda one: one["age"] * 4 - 90)
    names = [f"x{at}" for at in range(3)]
    for name in names:
        frame[name] = draw.normal(size=len(frame)).round(1)
        frame.loc[draw.random(len(frame)) < 0.3, name] = np.nan
    model = {"estimand": "itt_at_cutoff", "estimator": "rd_polynomial", "cluster": "town"}
    models = [
        {**model, "id": name, "controls": [name], "bandwidth": {"fixed": 200}} for name in names
    ]
    spec = spec_of({**RD, "donut": donut} if donut else RD, *models)
    cells = run_spec(spec, frame=frame)
    assert set(detail(cells, "engine")) == {"cells"}
    hold_equal(cells, run_spec(spec, frame=frame, engine="microdata"))
