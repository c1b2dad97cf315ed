"""What a run writes: the same bytes again, whole or not at all, and nothing that it should not."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import data_synth
import evaluation as ad
from evaluation.api import Result
from evaluation.checks import known_truth
from evaluation.cli import main
from evaluation.data.coupled import Coupled, coupled_sample
from evaluation.data.durable import replacing
from evaluation.data.prepare import prepare
from evaluation.data.sources import open_source
from evaluation.errors import EnvironmentProblem
from evaluation.release import writer
from evaluation.report.pictures import Picture, pictures_of
from evaluation.spec.spec import Spec

SPEC = """
schema_version = 1
id = "small"
title = "Under 30 against over 30, half a year"

[panel]
source = "synthetic"
world = "published_null"
persons = 3_000
seed = 5
unit = "person_id"
time = "ym"
time_unit = "month"
window = [2016-10-01, 2017-03-31]

[sample]
keep = [{ column = "age_months", at_least = 300, below = 420 }]

[outcomes]
employed = { column = "employed", kind = "binary" }

[design]
kind = "did"
reform_date = 2017-01-01
treated = { column = "age_months", below = 360, assigned_at = "period_start" }
control = { column = "age_months", at_least = 372 }

[[models]]
id = "main"
estimand = "att_relative"
estimator = "twfe"
fixed_effects = ["muni_h", "ym"]
controls = ["female"]
cluster = "muni_h"
variance = "cr3"
"""
# The same rows from a file: no truth to simulate, so that a whole process takes seconds.
FILE_SPEC = re.sub(
    r"\[panel\].*?unit =", '[panel]\nsource = "file"\npath = "rows.csv"\nunit =', SPEC, flags=re.S
)
FILES = {
    "manifest.json",
    "result.json",
    "restricted/estimates.csv",
    "restricted/evidence.csv",
    "restricted/details.csv",
    "restricted/checks.csv",
    "restricted/report.html",
    "restricted/notes.json",
    "restricted/observed/trends_employed.csv",
    "restricted/figures/raw_trends_employed.csv",
    "restricted/figures/raw_trends_employed.png",
}
Command = Callable[..., tuple[int, str, str]]


def own_sample(spec: Spec) -> Coupled:
    """Stand in for the superpopulation, whose 200,000 persons are another test's business."""
    return coupled_sample(spec, prepare(spec, open_source(spec)))


@pytest.fixture(scope="module", autouse=True)
def small_truth() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(known_truth, "superpopulation", own_sample)
        yield


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    """Run the command in this process; return exit code, stdout and stderr."""

    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["activity-duty", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
            raise SystemExit(0)
        out, err = capfd.readouterr()
        return int(ended.value.code or 0), out, err

    return run


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("spec") / "small.toml"
    path.write_text(SPEC, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def written(spec: Path) -> tuple[Path, Result]:
    """One run through the API, written; tests that change files copy them first."""
    result = ad.run(spec, out=spec.parent / "first")
    assert result.folder == spec.parent / "first" / "small"
    return result.folder, result


@pytest.fixture(scope="module")
def drawn(written: tuple[Path, Result]) -> tuple[Picture, ...]:
    return pictures_of(written[1].record)


@pytest.fixture
def drawn_once(drawn: tuple[Picture, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Write the figures of that run, but do not draw them again."""
    monkeypatch.setattr(writer, "pictures_of", lambda _: drawn)


@pytest.fixture(scope="module")
def rows(spec: Path) -> pd.DataFrame:
    loaded = ad.load_spec(spec)
    return data_synth.person_month(
        data_synth.load_world("published_null"), persons=3_000, seed=5, window=loaded.panel.window
    )  # fmt: skip


@pytest.fixture(scope="module")
def file_spec(spec: Path, rows: pd.DataFrame) -> Path:
    rows.to_csv(spec.parent / "rows.csv", index=False)
    path = spec.parent / "from_file.toml"
    path.write_text(FILE_SPEC, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def from_file(file_spec: Path) -> Result:
    return ad.run(file_spec)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def process(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    root = Path(ad.__file__).resolve().parents[1]
    return subprocess.run(
        [sys.executable, *map(str, words)],
        cwd=root,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_layout(written) -> None:
    folder, _ = written
    assert contents(folder).keys() == FILES
    assert {path.name for path in folder.parent.iterdir()} - {".cache"} == {"small"}


def test_the_command_writes_the_notebooks_bytes(written, spec, tmp_path, command) -> None:
    folder, result = written
    code, out, err = command("run", spec, "--out", tmp_path)
    assert code == 0 and "small: ok" in out and "small: estimate" in err
    for name in ("estimates", "details", "checks"):
        text = (tmp_path / "small" / "restricted" / f"{name}.csv").read_bytes()
        assert text == result.csv(name).encode() == contents(folder)[f"restricted/{name}.csv"]
        assert b"\r" not in text


def test_a_frame_of_the_same_rows_gives_the_same_estimates(written, spec, rows) -> None:
    _, result = written
    for frame in (rows, rows.sample(frac=1, random_state=1), rows.convert_dtypes()):
        again = ad.run(spec, frame=frame)
        assert again.csv("estimates") == result.csv("estimates")
        assert again.folder is None


def test_the_notebooks_rows_are_those_of_the_file(written) -> None:
    _, result = written
    printed = list(csv.DictReader(result.csv("estimates").splitlines()))
    assert list(result.estimates) == list(printed[0])
    for name in ("estimate", "std_error", "conf_low", "p_value"):
        assert result.estimates[name].tolist() == [float(row[name]) for row in printed]


def test_a_file_of_the_same_rows_gives_the_same_numbers(written, from_file) -> None:
    """A file's units are text, which sorts in another order: sums differ in their last digits."""
    names = ["estimate", "std_error", "conf_low", "conf_high", "p_value", "n_obs", "n_clusters"]
    first, second = (
        next(csv.DictReader(one.csv("estimates").splitlines())) for one in (written[1], from_file)
    )
    for name in names:
        assert float(first[name]) == pytest.approx(float(second[name]), rel=1e-10)


@pytest.mark.parametrize(("threads", "seed"), [("1", "0"), ("2", "1")])
def test_threads_and_hash_seeds_change_no_byte(file_spec, from_file, threads, seed) -> None:
    variables = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
    # By the interface of a notebook: pages and pictures take a process longer than all the rest.
    asked = "import sys, evaluation as ad; sys.stdout.write(ad.run(sys.argv[1]).csv('estimates'))"
    done = process("-c", asked, file_spec, PYTHONHASHSEED=seed, **dict.fromkeys(variables, threads))
    assert done.returncode == 0, done.stderr
    assert done.stdout == from_file.csv("estimates")


class Stop(Exception):
    """Stands for anything that may go wrong."""


# Each of these runs when some of the new files are written already.
HALFWAY = ["pictures_of", "page", "manifest_of", "manifest_text", "summary_of", "_keep_others"]


@pytest.mark.usefixtures("drawn_once")
@pytest.mark.parametrize("step", HALFWAY)
@pytest.mark.parametrize("accident", [Stop, KeyboardInterrupt])
def test_an_interrupted_run_leaves_the_old_outputs(
    written, tmp_path, monkeypatch, step, accident
) -> None:
    _, result = written
    folder = writer.write_record(result.record, tmp_path)
    (folder / "release").mkdir()
    (folder / "release" / "released.csv").write_text("kept", encoding="utf-8")
    before = contents(tmp_path)

    def stop(*_: Any) -> None:
        raise accident

    monkeypatch.setattr(writer, step, stop)
    with pytest.raises(accident):
        writer.write_record(result.record, tmp_path)
    assert contents(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == ["small"]


def test_a_full_disk_is_a_users_problem(written, tmp_path, monkeypatch) -> None:
    _, result = written
    writer.write_record(result.record, tmp_path)
    before = contents(tmp_path)

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(EnvironmentProblem, match=r"No space left on device.*--out"):
        writer.write_record(result.record, tmp_path)
    assert contents(tmp_path) == before and len(list(tmp_path.iterdir())) == 1


@pytest.mark.usefixtures("drawn_once")
def test_a_rename_that_fails_puts_the_old_folder_back(written, tmp_path, monkeypatch) -> None:
    _, result = written
    writer.write_record(result.record, tmp_path)
    before, rename = contents(tmp_path), Path.rename

    def second_fails(path: Path, target: Path) -> Path:
        if not path.name.endswith("-old") and Path(target).name == "small":
            raise OSError(13, "Permission denied")
        return rename(path, target)

    # As where a system cannot let two folders change places in one step.
    monkeypatch.setattr(replacing, "exchange", lambda one, other: False)
    monkeypatch.setattr(Path, "rename", second_fails)
    with pytest.raises(EnvironmentProblem, match="Permission denied"):
        writer.write_record(result.record, tmp_path)
    assert contents(tmp_path) == before and len(list(tmp_path.iterdir())) == 1


@pytest.mark.usefixtures("drawn_once")
def test_a_second_run_replaces_the_first_and_keeps_what_was_released(written, tmp_path) -> None:
    _, result = written
    folder = writer.write_record(result.record, tmp_path)
    (folder / "stale.csv").write_text("old", encoding="utf-8")
    (folder / "release").mkdir()
    (folder / "release" / "released.csv").write_text("kept", encoding="utf-8")
    writer.write_record(result.record, tmp_path)
    assert contents(folder).keys() == FILES | {"release/released.csv"}


def test_result(written) -> None:
    folder, result = written
    told = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    files = contents(folder)
    assert list(told) == [
        "schema_version", "spec_id", "spec_digest", "status", "blind", "cells", "models", "checks",
        "files",
    ]  # fmt: skip
    assert (told["schema_version"], told["spec_id"], told["status"]) == (1, "small", "ok")
    assert told["spec_digest"] == result.record.spec.origin.digest
    assert told["models"] == {"main": {"employed": "ok"}}
    assert {"check", "model", "outcome", "term", "verdict"} == set(told["checks"][0])
    assert told["files"].keys() == FILES - {"result.json"}
    for name, digest in told["files"].items():
        assert hashlib.sha256(files[name]).hexdigest() == digest


def test_manifest(written) -> None:
    folder, result = written
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["spec_digest"] == result.record.spec.origin.digest
    assert manifest["seeds"] == {"panel.seed": 5}
    world = data_synth.load_world("published_null").digest
    assert manifest["inputs"] == {"world:published_null": world}
    assert manifest["flow"][0]["step"] == "rows read"
    assert manifest["status"] == "ok"
    assert str(folder.parents[1]) not in json.dumps(manifest)


def test_a_placeholders_value_is_nowhere(file_spec, tmp_path) -> None:
    text = FILE_SPEC.replace('"rows.csv"', '"${DATA}/rows.csv"')
    path = tmp_path / "placed.toml"
    path.write_text(text, encoding="utf-8")
    ad.run(path, set={"DATA": str(file_spec.parent)}, out=tmp_path / "out")
    files = contents(tmp_path / "out")
    assert b"${DATA}/rows.csv" in files["small/manifest.json"]
    assert not [name for name, held in files.items() if str(file_spec.parent).encode() in held]


EVENT_KEYS = {
    "stage": {"event", "at", "spec", "stage"},
    "done": {"event", "at", "spec", "status", "result"},
    "error": {"event", "at", "kind", "exit_code", "faults"},
}


def numbers_of(folder: Path) -> set[str]:
    with (folder / "restricted" / "estimates.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = ("estimate", "std_error", "conf_low", "conf_high", "p_value", "n_obs", "n_units")
    return {row[name] for row in rows for name in names if row[name]}


def test_events_and_log(spec, tmp_path, command) -> None:
    log = tmp_path / "log.jsonl"
    words = ["run", spec, "--out", tmp_path, "--json-events", "--log", log]
    code, out, err = command(*words)
    events = [json.loads(line) for line in out.splitlines()]
    assert code == 0 and err == "" and log.read_text(encoding="utf-8") == out
    assert [event["event"] for event in events] == ["stage"] * (len(events) - 1) + ["done"]
    for event in events:
        assert event.keys() == EVENT_KEYS[event["event"]]
    assert {"read and sample", "estimate", "main: employed"} <= {e.get("stage") for e in events}
    assert Path(events[-1]["result"]) == tmp_path / "small" / "result.json"
    told = [{key: e[key] for key in e.keys() - {"at", "result"}} for e in events]
    assert not [n for n in numbers_of(tmp_path / "small") if n in json.dumps(told)]
    command(*words)
    assert len(log.read_text(encoding="utf-8").splitlines()) == 2 * len(events)


def test_an_error_is_an_event_too(spec, tmp_path, command) -> None:
    log = tmp_path / "log.jsonl"
    broken = ["--set", 'panel.unit="nobody"', "--json-events", "--log", log]
    code, out, err = command("run", spec, "--out", tmp_path, *broken)
    event = json.loads(out.splitlines()[-1])
    assert event.keys() == EVENT_KEYS["error"] and event["exit_code"] == code == 11
    assert err.startswith("data: panel.unit: no column 'nobody'")
    assert log.read_text(encoding="utf-8") == out
    assert not (tmp_path / "small").exists()


BINARY = 'outcomes.wrong={ column = "age_months", kind = "binary" }'
# gates, settings, exit code, words
GATES: list[tuple[str, list[str], int, str]] = [
    ("all_models, checks,truth", [], 0, ""),
    ("", [BINARY], 0, ""),
    ("all_models", [BINARY], 16, "gate: small: gate all_models: main wrong is refused"),
    ("truth", ['models.main.outcomes=["nothing"]'], 10, "no outcome 'nothing'"),
    ("all_modles", [], 2, "no gate 'all_modles'; did you mean all_models?"),
]


@pytest.mark.parametrize(("gates", "settings", "code", "words"), GATES)
def test_gates(spec, tmp_path, command, gates, settings, code, words) -> None:
    set_ = [word for setting in settings for word in ("--set", setting)]
    found, _, err = command("run", spec, "--out", tmp_path, "--require", gates, *set_)
    assert found == code and words in err
    # A gate judges what was written; only what cannot run writes nothing.
    assert (tmp_path / "small" / "result.json").exists() == (code in (0, 16))


def test_the_truth_gate_needs_a_truth(file_spec, tmp_path, command) -> None:
    code, _, err = command("run", file_spec, "--out", tmp_path, "--require", "truth")
    assert code == 16 and "no number of this spec has a known truth" in err


@pytest.mark.usefixtures("drawn_once")
def test_verify(written, tmp_path, command) -> None:
    _, result = written
    folder = writer.write_record(result.record, tmp_path)
    code, out, _ = command("verify", folder)
    assert code == 0 and re.search(r"\d+ numbers recomputed, none differs", out)
    path = folder / "restricted" / "estimates.csv"
    text = path.read_text(encoding="utf-8")
    (printed,) = csv.DictReader(text.splitlines())
    number = printed["estimate"]
    place = re.search(r"[1-9]", number).end() + 3  # type: ignore[union-attr]
    changed = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
    path.write_text(text.replace(number, changed), encoding="utf-8")
    code, _, err = command("verify", folder)
    assert code == 14
    assert err.startswith("verification: ") and "employed att_relative estimate" in err


def test_verify_refuses_other_inputs(file_spec, tmp_path, command) -> None:
    data = tmp_path / "rows.csv"
    data.write_bytes((file_spec.parent / "rows.csv").read_bytes())
    path = tmp_path / "placed.toml"
    path.write_text(FILE_SPEC.replace('"rows.csv"', '"${DATA}/rows.csv"'), encoding="utf-8")
    place = f"DATA={tmp_path}"
    assert command("run", path, "--out", tmp_path / "out", "--set", place)[0] == 0
    folder = tmp_path / "out" / "small"
    assert command("verify", folder, "--set", place)[0] == 0
    data.write_bytes(data.read_bytes() + data.read_bytes().splitlines()[-1].replace(b"20", b"19"))
    code, _, err = command("verify", folder, "--set", place)
    assert code == 14 and "rows.csv: the input differs from the one in the manifest" in err


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["verify", "--help"]])
def test_help_needs_no_library(words) -> None:
    script = (
        "import sys\n"
        "from evaluation.cli import main\n"
        f"sys.argv = ['activity-duty', *{words!r}]\n"
        "try:\n"
        "    main()\n"
        "except SystemExit as ended:\n"
        "    heavy = {'numpy', 'pandas', 'scipy', 'matplotlib', 'pyarrow', 'data_synth'}\n"
        "    print(ended.code, sorted(heavy & set(sys.modules)))\n"
    )
    done = process("-c", script)
    assert "Usage: " in done.stdout
    assert done.stdout.splitlines()[-1] == "0 []", done.stderr
