"""``synth``: files in place or nothing at all, whatever ends the command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from typer.testing import CliRunner

import data_synth
from evaluation.cli import app
from evaluation.commands import deliver, progress
from evaluation.commands.console import Console
from evaluation.commands.facts import facts_table

ROOT = Path(__file__).resolve().parents[2]
SMALL = ("--persons", "4000", "--seed", "7", "--ages", "30:30", "--window", "2017-01:2017-03")


def synth(*words: str) -> str:
    """Run the command to its good end and return what it printed."""
    ran = CliRunner().invoke(app, ["synth", *words])
    assert ran.exit_code == 0, ran.output
    return ran.stdout


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_folder_holds_the_panel_and_its_manifest(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    said = synth("published_null", *SMALL, "--jobs", "1", "--out", str(out))
    manifest = json.loads((out / "world.json").read_text(encoding="utf-8"))
    assert {"world.json", *(file["path"] for file in manifest["files"])} == set(tree(out))
    assert list((tmp_path / "deep").iterdir()) == [out]
    rows = pd.concat(pd.read_parquet(path) for path in sorted((out / "person_month").iterdir()))
    frame = data_synth.person_month(
        data_synth.load_world("published_null"),
        persons=4_000,
        seed=7,
        window=(pd.Timestamp(2017, 1, 1).date(), pd.Timestamp(2017, 3, 1).date()),
        ages=(30, 30),
    )
    assert len(rows) == len(frame) == manifest["person_months"]
    assert f"{len(frame):,} person-months" in said
    for name in ("person_id", "ym", "employed", "sa_nok_real"):
        assert rows[name].tolist() == frame[name].tolist()
    assert set(manifest["columns"]) == set(rows.columns) < set(data_synth.COLUMNS)


def test_an_earlier_delivery_is_replaced_and_nothing_else_is(tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ("published_null", "--persons", "4000", "--window", "2017-01:2017-01", "--jobs", "1")
    synth(*words, "--ages", "30:31", "--out", str(out))
    earlier = set(tree(out))
    synth(*words, "--ages", "40:40", "--out", str(out), "--columns", "ym", "--format", "csv")
    assert not (earlier & set(tree(out))) - {"world.json"}
    assert {path.read_text().splitlines()[0] for path in (out / "person_month").iterdir()} == {"ym"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_link_is_followed_to_its_disk(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "disk")
    synth("published_null", *SMALL, "--jobs", "1", "--out", str(tmp_path / "out"))
    assert (tmp_path / "out").is_symlink()
    assert (tmp_path / "disk" / "world.json").is_file()


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["tables", "research_extract", "microdata_event", "kostra_11f"])
def test_every_shape_is_delivered_alike_by_one_process_and_two(shape: str, tmp_path: Path) -> None:
    words = ("published_null", *SMALL[:-1], "2016-01:2017-12", "--shape", shape)
    for jobs in "12":
        synth(*words, "--jobs", jobs, "--out", str(tmp_path / jobs))
    one, two = tree(tmp_path / "1"), tree(tmp_path / "2")
    assert one == two
    manifest = json.loads(one["world.json"])
    assert manifest["columns"] is None and manifest["shape"] == shape
    assert {"world.json", *(file["path"] for file in manifest["files"])} == set(one)
    assert all(len(one[file["path"]]) == file["bytes"] for file in manifest["files"])
    assert f"{shape}/delivery.json" in one


def start(folder: Path, *words: str) -> subprocess.Popen[str]:
    """Start a command that would take minutes, and wait until it has written a part."""
    process = subprocess.Popen(
        [sys.executable, "-m", "evaluation", "synth", "published_null", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + 60
    while not list(folder.glob(".out-*/person_month/*.parquet")):
        assert process.poll() is None and time.monotonic() < until, process.communicate()
        time.sleep(0.05)
    return process


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "jobs", "code"),
    [(signal.SIGINT, "1", 130), (signal.SIGINT, "2", 130), (signal.SIGTERM, "2", 143)],
)
def test_an_interrupted_command_leaves_what_was_there(
    number: signal.Signals, jobs: str, code: int, tmp_path: Path
) -> None:
    synth("published_null", *SMALL, "--jobs", "1", "--out", str(tmp_path / "out"))
    before = tree(tmp_path)
    process = start(tmp_path, "--persons", "2_000_000", "--jobs", jobs, "--out", "out")
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == code
    assert "Traceback" not in said
    assert tree(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="no /proc to count processes by")
def test_no_process_outlives_the_first(tmp_path: Path) -> None:
    process = start(tmp_path, "--persons", "2_000_000", "--jobs", "2", "--out", "out")
    workers = children(process.pid)
    assert len(workers) >= 2
    process.kill()
    process.communicate()
    until = time.monotonic() + 30
    while any(Path(f"/proc/{worker}").exists() for worker in workers):
        assert time.monotonic() < until
        time.sleep(0.1)


def children(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task").iterdir()
    return [int(word) for task in tasks for word in (task / "children").read_text().split()]


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        (part,) = tmp_path.glob(".out-*")
        (part / "half").write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(deliver, "write_parts", full)
    ran = CliRunner().invoke(
        app, ["synth", "published_null", *SMALL, "--out", str(tmp_path / "out")]
    )
    assert type(ran.exception).__name__ == "EnvironmentProblem"
    assert "cannot be written (No space left on device)" in str(ran.exception)
    assert not list(tmp_path.iterdir())


def test_progress_is_plain_lines_where_there_is_no_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter([0.0, 4.0, 11.0, 12.0, 22.0])
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    with progress.progress(Console(), "world", "rows", 4_000_000) as tell:
        for _ in range(4):
            tell(1_000_000, 900_000)
    assert capsys.readouterr().err.splitlines() == [
        "world: 50 %; 1,800,000 rows, 0.16 million a second; 11 s left",
        "world: 100 %; 3,600,000 rows, 0.16 million a second; 0 s left",
    ]


def test_progress_is_a_bar_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter([0.0, 10.0, 20.0])
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with progress.progress(Console(), "world", "rows", 4_000_000) as tell:
        tell(1_000_000, 500_000)
    shown = capsys.readouterr().err
    assert "25%" in shown and "500,000 rows, 50,000 a second" in shown and "30 s left" in shown


def test_describe_prints_facts_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from data_synth.facts import describe
    from data_synth.facts.fact import FactRow

    asked: list[tuple[str, int, int, int]] = []

    def row(**changes: object) -> FactRow:
        fields = dict.fromkeys(FactRow.__dataclass_fields__)
        given = {"text": "Recipients", "unit": "persons", "year": "2022", "source": "OE 3.2"}
        given |= {"said": "", "published_low": 131_087.0, "published_high": 131_087.0}
        given |= {"simulated": 127_765.0, "error": 570.1, "relative": -0.025, "within": True}
        given |= {"topic": "recipients", "tolerance": 0.05}
        return FactRow(**{**fields, **given, "held": True, "note": "", **changes})  # type: ignore[arg-type]

    def described(world, persons, seed, jobs, tell):
        asked.append((world.name, persons, seed, jobs))
        tell(persons, persons)
        return (
            row(),
            row(text="Half", said="about half", within=False, note="read so"),
            row(text="Words", said="rare", relative=None, within=False),
            row(text="None", simulated=None, error=None, relative=None, within=False),
            row(text="Odd", published_high=132_000.0, within=False, held=False),
        )

    monkeypatch.setattr(describe, "describe", described)
    monkeypatch.chdir(tmp_path)
    said = synth("published_null", "--describe", "--persons", "9000", "--seed", "4", "--jobs", "1")
    lines = [" ".join(line.split()) for line in said.splitlines()]
    assert any("131,087 127,765 ± 570 -2.5 % within 5 % OE 3.2" in line for line in lines)
    assert any("about half 127,765 ± 570 -2.5 % off OE" in line for line in lines)
    assert any("131,087 to 132,000" in line and "off, not held" in line for line in lines)
    # Words give no distance to hold the error against: off is off.
    assert any("Words (persons) 2022 rare 127,765 ± 570 off" in line for line in lines)
    assert any(line.startswith("None (persons)") and "too few persons" in line for line in lines)
    assert "RECIPIENTS" in lines
    assert "Half, 2022: read so" in lines
    assert lines[-1].startswith(
        "published_null: 1 of 5 facts within their tolerance; 9,000 persons"
    )
    assert asked == [("published_null", 9_000, 4, 1)] and not list(tmp_path.iterdir())
    facts_table(data_synth.load_world("published_null"), None, 1, 1, Console())
    assert asked[1][1] == describe.PERSONS
