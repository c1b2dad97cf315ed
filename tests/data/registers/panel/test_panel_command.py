"""``panel`` builds, reports and writes; ``run`` reads what it built."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pyreadstat
import pytest
from typer.testing import CliRunner

from evaluation.cli import app
from evaluation.data.registers import labelled
from evaluation.data.registers.built import Built
from evaluation.data.registers.cache import panel_of
from evaluation.data.registers.labelled import write_labelled
from evaluation.data.registers.sql import Settings
from evaluation.data.sources import registers
from tests.data.registers.panel.conftest import Deliveries

SPEC = """
schema_version = 1
id = "of_registers"
title = "Employment by age, from registers"

[panel]
source = "registers"
mapping = "delivery.toml"
unit = "person_id"
time = "ym"
time_unit = "month"

[outcomes]
sa = { column = "sa_received", kind = "binary" }

[design]
kind = "rd"
running_variable = { column = "age_months", discrete = true }
cutoff = 360
treated_side = "below"
donut = 1

[[models]]
id = "jump"
estimand = "itt_at_cutoff"
estimator = "rd_polynomial"
order = 1
bandwidth = { fixed = 60 }
cluster = "person_id"
"""


@pytest.fixture
def spec(deliveries: Deliveries, monkeypatch: pytest.MonkeyPatch) -> Path:
    deliveries.built("tables")
    monkeypatch.setenv("ACTIVITY_DUTY_CACHE", str(deliveries.cache.parent))
    path = deliveries.mappings["tables"].with_name("of_registers.toml")
    path.write_text(SPEC, encoding="utf-8")
    return path


def _ran(*words: str) -> str:
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == 0, done.output + str(done.exception)
    return done.output


def test_run_reads_the_panel_in_place_and_reports_it(
    spec: Path, deliveries: Deliveries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits: set[Settings] = set()

    def told(*words: Any, settings: Settings, **more: Any) -> Built:
        limits.add(settings)
        return panel_of(*words, settings=settings, **more)

    monkeypatch.setattr(registers, "panel_of", told)
    allow = ("--allow", str(spec.parents[2]))
    by_hand = ("--memory", "700MB", "--threads", "1")
    by_cells = _ran("run", str(spec), *allow, *by_hand, "--out", str(tmp_path / "cells"))
    assert limits == {Settings(threads=1, memory_mb=700)}
    _ran("run", str(spec), *allow, "--out", str(tmp_path / "rows"), "--engine", "microdata")
    assert "of_registers: warned" in by_cells and "a stock cannot jump" in by_cells
    folders = [tmp_path / one / "of_registers" / "restricted" for one in ("cells", "rows")]
    estimates = [list(csv.DictReader((one / "estimates.csv").open())) for one in folders]
    for mine, other in zip(*estimates, strict=True):
        assert float(mine["estimate"]) == pytest.approx(float(other["estimate"]), rel=1e-9)
    report = list(csv.DictReader((folders[0] / "panel_report.csv").open()))
    assert report[-1]["rows"] == str(len(deliveries.truth))
    assert {"residence", "person_month"} <= {row["table"] for row in report}


def test_panel_prints_its_report_and_writes_labelled_files(
    spec: Path, deliveries: Deliveries, tmp_path: Path
) -> None:
    allow = ("--allow", str(spec.parents[2]))
    said = _ran("panel", str(spec), *allow, "--to", "parquet", "--out", str(tmp_path))
    assert f"{len(deliveries.truth):,} person-months" in said
    assert "obs_status emigrated" in said
    schema = pq.read_schema(tmp_path / "panel" / "panel.parquet")
    assert schema.field("female").metadata[b"title"] == b"1 for women"
    (tmp_path / "other" / "panel").mkdir(parents=True)
    refused = CliRunner().invoke(
        app, ["panel", str(spec), *allow, "--to", "dta", "--out", str(tmp_path / "other")]
    )
    assert "did not write" in str(refused.exception)
    unknown = CliRunner().invoke(app, ["panel", str(spec), "--to", "xls", "--out", str(tmp_path)])
    assert "allowed: dta, parquet" in str(unknown.exception)


def test_stata_files_are_labelled_and_of_bounded_length(
    deliveries: Deliveries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = deliveries.built("tables")
    monkeypatch.setattr(labelled, "ROWS_IN_FILE", built.rows // 2 + 1)
    files = write_labelled(built, tmp_path, "dta")
    assert [one.name for one in files] == ["panel_0001.dta", "panel_0002.dta"]
    frames, metas = zip(*(pyreadstat.read_dta(str(one)) for one in files), strict=True)
    assert sum(map(len, frames)) == built.rows
    assert metas[0].column_names_to_labels["female"] == "1 for women"
    assert all(len(text) <= 80 for text in metas[0].column_labels)
    assert metas[0].variable_value_labels["female"] == {0: "no", 1: "yes"}
    received = sum(float(frame["sa_received"].sum()) for frame in frames)
    assert received == deliveries.truth["sa_received"].sum()
    assert frames[0]["muni_now"].str.len().eq(4).all()
