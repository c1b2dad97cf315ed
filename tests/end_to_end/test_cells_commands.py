"""What the commands around cells say where something is wrong: one clear line, before any work."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from evaluation.catalogue import catalogue
from evaluation.cli import main
from evaluation.commands.cells_sql import print_sql
from evaluation.errors import DataError
from evaluation.pipeline import run_spec
from evaluation.spec.loader import read_spec

MONTHS = [201600 + month for month in range(1, 13)]
DID = """
schema_version = 1
id = "small"
title = "Small"

[panel]
source = "file"
path = "rows.parquet"
unit = "person"
time = "ym"
time_unit = "month"

[outcomes]
work = { column = "work", kind = "binary" }

[design]
kind = "did"
reform_date = 2016-07-01
treated = { column = "young", equals = 1 }

[[models]]
id = "main"
estimand = "att_relative"
estimator = "twfe"
fixed_effects = ["town", "ym"]
cluster = "town"
"""
RD = (
    DID.split("[design]")[0]
    + """
[design]
kind = "rd"
running_variable = { column = "age", discrete = true }
cutoff = 30
treated_side = "below"

[[models]]
id = "main"
estimand = "itt_at_cutoff"
estimator = "rd_robust"
bandwidth = { fixed = 6 }
cluster = "person"
"""
)
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def study(tmp_path: Path) -> Path:
    draw = np.random.default_rng(2)
    size = 80 * len(MONTHS)
    frame = pd.DataFrame(
        {
            "person": np.repeat(np.arange(80), len(MONTHS)),
            "ym": np.tile(MONTHS, 80),
            "young": np.repeat(np.arange(80) % 2, len(MONTHS)),
            "age": np.repeat(draw.integers(20, 40, 80), len(MONTHS)),
            "town": np.repeat(draw.integers(1, 9, 80), len(MONTHS)),
            "weight": draw.integers(1, 4, size),
            "work": draw.integers(0, 2, size),
        }
    )
    home = tmp_path / "study"
    home.mkdir()
    frame.to_parquet(home / "rows.parquet", index=False)
    (home / "small.toml").write_text(DID, encoding="utf-8")
    return home


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["activity-duty", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
            raise SystemExit(0)
        out, err = capfd.readouterr()
        return int(ended.value.code or 0), out, err

    return run


def test_verify_finds_relative_paths_or_says_how(
    study: Path, tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = tmp_path / "away"
    away.mkdir()
    assert command("run", study / "small.toml", "--out", away / "o" / "p" / "out")[0] == 0
    folder = away / "o" / "p" / "out" / "small"
    monkeypatch.chdir(tmp_path)
    code, _, err = command("verify", folder)
    assert (code, err) == (
        11,
        f"data: {folder}: panel.path is 'rows.parquet', from the spec's own folder, which outputs "
        "do not name; run verify in that folder, or pass --set 'panel.path=\"PATH\"' --allow "
        "FOLDER\n",
    )
    place = study / "rows.parquet"
    assert command("verify", folder, "--set", f'panel.path="{place}"', "--allow", study)[0] == 0
    monkeypatch.chdir(study)
    assert command("verify", folder)[0] == 0
    shutil.copytree(away / "o" / "p" / "out", study / "outputs")
    monkeypatch.chdir(tmp_path)
    assert command("verify", study / "outputs" / "small")[0] == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--threads", 0), "--threads 0: allowed here: 1 to "),
        (("--threads", 99_999), "--threads 99999: allowed here: 1 to "),
        (("--memory", "abc"), "--memory abc: allowed: a whole number and MB, GB or TB, as in "),
        (("--spill", "nowhere"), "--spill nowhere: no such folder"),
    ],
)
def test_limits_of_the_engine(study: Path, command: Command, words: object, says: str) -> None:
    code, out, err = command("run", study / "small.toml", "--out", study / "out", *words)  # type: ignore[misc]
    assert code == 2 and out == ""
    assert err.startswith(f"usage: {says}") and err.count("\n") == 1
    assert not (study / "out").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser writes everywhere")
def test_a_spill_folder_is_tried(study: Path, command: Command) -> None:
    closed = study / "closed"
    closed.mkdir(mode=0o500)
    code, _, err = command("run", study / "small.toml", "--spill", closed)
    assert code == 2 and "cannot be written" in err


def test_a_spill_folder_without_room_is_found_at_start(
    study: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", full)
    code, _, err = command("run", study / "small.toml", "--spill", study)
    assert (code, err) == (
        2,
        f"usage: --spill {study}: cannot be written (No space left on device); name a folder with "
        "room\n",
    )


@pytest.mark.parametrize("engine", ["auto", "microdata"])
@pytest.mark.parametrize("unit", ["month", "integer"])
def test_dates_are_no_months(study: Path, command: Command, engine: str, unit: str) -> None:
    rows = pd.read_parquet(study / "rows.parquet")
    rows["ym"] = pd.to_datetime(rows["ym"].astype(str), format="%Y%m")
    rows.to_parquet(study / "rows.parquet", index=False)
    text = DID.replace('time_unit = "month"', f'time_unit = "{unit}"')
    if unit == "integer":
        text = text.replace("reform_date = 2016-07-01", 'post = { column = "age", at_least = 30 }')
    (study / "small.toml").write_text(text, encoding="utf-8")
    code, _, err = command("run", study / "small.toml", "--out", study / "o", "--engine", engine)
    counted = "months written as 201701" if unit == "month" else "whole numbers"
    assert code == 11
    assert err.splitlines()[-1] == (
        f"data: panel.time 'ym': holds dates, and panel.time_unit = '{unit}' is for {counted}; set "
        "panel.time_unit = 'date'"
    )


def test_cells_of_another_spec_say_whose_they_are(study: Path, command: Command) -> None:
    assert command("cells", study / "small.toml", "--out", study / "o")[0] == 0
    other = DID.replace('"small"', '"other"').replace('cluster = "town"', 'cluster = "age"')
    (study / "other.toml").write_text(other, encoding="utf-8")
    code, _, err = command("run", study / "other.toml", "--cells", study / "o" / "small")
    assert code == 11
    assert err.splitlines()[-1] == (
        "data: --cells: the cells of small hold other columns or sums than other asks for "
        "(the cells are not by age); build them again with: activity-duty cells other"
    )


def test_a_run_from_cells_is_verified_from_cells(study: Path, command: Command) -> None:
    text = command("cells", study / "small.toml", "--sql", "duckdb")[1]
    cells = study / "brought"
    cells.mkdir()
    with duckdb.connect() as warehouse:
        warehouse.read_parquet(str(study / "rows.parquet")).create("panel")
        for name, select in re.findall(r"-- Save as (\w+)\.parquet\n(.*?);", text, re.S):
            warehouse.sql(select).write_parquet(str(cells / f"{name}.parquet"))
    assert command("run", study / "small.toml", "--cells", cells, "--out", study / "r")[0] == 0
    code, _, err = command("verify", study / "r" / "small")
    assert code == 14
    assert "name their folder with --cells" in err
    (study / "rows.parquet").unlink()
    code, said, _ = command("verify", study / "r" / "small", "--cells", cells)
    assert code == 0
    assert "5 numbers recomputed, none differs" in said
    (file,) = cells.glob("cells_*.parquet")
    frame = pd.read_parquet(file)
    room = frame.index[frame["ad_sum_work"] < frame["ad_rows"]][0]
    frame.loc[room, [name for name in frame if name.startswith("ad_sum_")]] += 1
    frame.to_parquet(file, index=False)
    code, _, err = command("verify", study / "r" / "small", "--cells", cells)
    assert code == 14
    assert "differs from the one in the manifest" in err


def test_negative_weights_of_a_warehouse_are_refused(study: Path) -> None:
    text = DID.replace('time_unit = "month"', 'time_unit = "month"\nweight = "weight"')
    (study / "small.toml").write_text(text, encoding="utf-8")
    spec = read_spec(study / "small.toml", catalogue())
    rows = pd.read_parquet(study / "rows.parquet")
    rows.loc[5, "weight"] = -1
    with duckdb.connect() as base:
        base.register("panel", rows)
        query = print_sql(spec, "duckdb").split("-- Save as cells_1.parquet\n")[1].split(";")[0]
        base.execute(f"COPY ({query}) TO '{study / 'cells_1.parquet'}' (FORMAT parquet)")
    with pytest.raises(DataError, match=r"panel\.weight: column 'weight' holds negative values"):
        run_spec(spec, cells=study)


@pytest.mark.parametrize("engine", ["auto", "microdata"])
@pytest.mark.parametrize("change", ["[sample]\nkeep = [{ column = 'age', above = 90 }]", ""])
def test_an_empty_cutoff_says_the_same(
    study: Path, command: Command, engine: str, change: str
) -> None:
    if not change:
        rows = pd.read_parquet(study / "rows.parquet").assign(work=np.nan)
        rows.to_parquet(study / "rows.parquet", index=False)
    (study / "small.toml").write_text(RD + change, encoding="utf-8")
    found = [
        command("run", study / "small.toml", "--out", study / "o", "--engine", one)
        for one in (engine, "microdata")
    ]
    assert found[0][0] == found[1][0] == 11
    assert found[0][2].splitlines()[-1] == found[1][2].splitlines()[-1]


def test_a_plan_says_what_another_window_costs(study: Path, command: Command) -> None:
    (study / "rd.toml").write_text(RD.replace('"small"', '"rd"'), encoding="utf-8")
    line = "ym is not in the key: another window builds it again"
    assert line in command("explain", study / "rd.toml", "--plan")[1]
    assert line not in command("explain", study / "small.toml", "--plan")[1]
    inside = DID.replace('["town", "ym"]', '["person", "ym"]').replace('"small"', '"inside"')
    (study / "inside.toml").write_text(inside, encoding="utf-8")
    said = command("explain", study / "inside.toml", "--plan")[1]
    assert "histories end where it does: another window builds it again" in said


def test_no_truth_is_announced_where_there_is_none(study: Path) -> None:
    told: list[str] = []
    run_spec(read_spec(study / "small.toml", catalogue()), announce=told.append)
    assert "estimate" in told and "truth" not in told
