"""Small releases of simulated rows: record, cells and files, with nothing hidden."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from evaluation.cells.gathered import CellTable, Gathered
from evaluation.cells.plan import CellPass, Flag, Plan, Quantity
from evaluation.data.panel import FlowStep
from evaluation.data.periods import Calendar
from evaluation.release.writer import result_files
from evaluation.report.point_table import PointTable
from evaluation.report.record import Record
from evaluation.results import Detail, Estimate
from tests.report import page_records

COLUMNS = ("group", "first", "last", "period", "place", "mean", "rows", "post")
PLAN = Plan((), (Flag("ad_treated", "design.treated"),), (), (), None, None, (), (), time="ym",
            calendar=Calendar("month", 1))  # fmt: skip
OUTCOMES = {"employed": 0.3, "in_education": 0.12}


def rows_of(seed: int, persons: int, share: float = 1.0) -> pd.DataFrame:
    """Return rows of persons by month: municipality, region, group, outcomes."""
    rng = np.random.default_rng(seed)
    who = np.arange(persons)
    muni = rng.choice(6, persons, p=[0.4, 0.3, 0.15, 0.1, 0.03, 0.02])
    frame = pd.DataFrame({"person": who, "muni": muni, "ad_treated": rng.integers(0, 2, persons)})
    frame["region"] = np.where(muni < 4, "a", np.where(muni == 4, "b", "c"))
    made = frame.merge(pd.DataFrame({"ym": [201612, 201701]}), how="cross")
    made = made[rng.random(len(made)) < share]
    for name, chance in OUTCOMES.items():
        made[name] = (rng.random(len(made)) < chance).astype(np.int64)
    return made.reset_index(drop=True)


def record_of(rows: pd.DataFrame, lost: int = 2) -> Record:
    """Return a record of such rows, of which a step of the sample has taken out few persons."""
    units = rows["person"].nunique()
    estimates = []
    for name in OUTCOMES:
        estimates.append(_estimate(rows, name, ""))
        estimates += [
            _estimate(rows[rows["region"] == level], name, f"region = {level}")
            for level in sorted(rows["region"].unique())
        ]
    before = rows[(rows["ad_treated"] == 1) & (rows["ym"] < 201701)]
    details = [
        one
        for name in OUTCOMES
        for one in (
            Detail("tiny", "main", "", name, "", "baseline_mean", float(before[name].mean())),
            Detail("tiny", "main", "", name, "", "baseline_rows", len(before)),
        )
    ]
    made = page_records.record(estimates, ("Employed", "In education"), details=details)
    flow = (
        FlowStep("rows read", len(rows) + 60, units + 20),
        FlowStep("keep adults", len(rows) + lost, units + lost),
        FlowStep("drop movers", len(rows), units),
    )
    observed = {name: _points(rows, name) for name in OUTCOMES}
    return replace(made, flow=flow, observed=observed)


def gathered_of(rows: pd.DataFrame) -> Gathered:
    """Return two passes over such rows: by municipality, and by all that it leaves."""
    quantities = tuple(Quantity(name, name) for name in OUTCOMES)
    passes = (
        CellPass("cells_1", ("ym", "muni", "ad_treated"), quantities, ()),
        CellPass("cells_2", ("ym", "ad_treated"), quantities[:1], ()),
    )
    tables = {}
    for made in passes:
        names = [one.name for one in made.quantities]
        grouped = rows.groupby([*made.key])
        frame = grouped[names].sum().rename(columns=lambda name: f"ad_sum_{name}")
        frame.insert(0, "ad_rows", grouped.size())
        frame.insert(0, "ad_missing", 0)
        tables[made.name] = CellTable(made, (), frame.reset_index())
    plan = replace(PLAN, passes=passes)
    return Gathered(plan, tables, {}, None, {}, "given")


def write_release(record: Record, gathered: Gathered, folder: Path) -> Path:
    """Write what an outsider gets, and return the folder."""
    for name in ("points", "cells"):
        (folder / name).mkdir(parents=True)
    files = result_files(record)
    for name in ("estimates.csv", "details.csv"):
        (folder / name).write_text(files[name], encoding="utf-8")
    flow = [{"step": one.step, "rows": one.rows, "units": one.units} for one in record.flow]
    (folder / "flow.json").write_text(json.dumps(flow), encoding="utf-8")
    for name, points in record.observed.items():
        (folder / "points" / f"{name}.csv").write_text(points.csv(), encoding="utf-8")
    for name, table in gathered.tables.items():
        table.frame.to_parquet(folder / "cells" / f"{name}.parquet")
    return folder


def _estimate(rows: pd.DataFrame, outcome: str, subgroup: str) -> Estimate:
    return Estimate(
        "tiny", "main", "twfe", "att_relative", outcome, subgroup, estimate=0.0123456,
        std_error=0.01, conf_low=-0.01, conf_high=0.03, p_value=0.2, n_obs=len(rows),
        n_units=rows["person"].nunique(), n_clusters=rows["muni"].nunique(),
    )  # fmt: skip


def _points(rows: pd.DataFrame, outcome: str) -> PointTable:
    found = []
    for treated, group in ((1, "treated"), (0, "control")):
        for month, own in rows[rows["ad_treated"] == treated].groupby("ym"):
            mean = float(own[outcome].mean())
            post = int(month >= 201701)
            found.append((group, None, None, int(month), int(month), mean, len(own), post))
    return PointTable(COLUMNS, tuple(found))
