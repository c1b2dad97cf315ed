"""Killed, interrupted, at once with another, on a full disk: outputs and releases stay whole.

Ten kills here; the two hundred of `make validate PART=faults` are of the same trials.
"""

from __future__ import annotations

import importlib
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="no /proc, and maybe no fork"),
]
KILLS = [(world, seed) for world in ("run", "release_writing") for seed in range(1, 6)]
ROOT = Path(__file__).resolve().parents[2]
HOLDS = """
import sys, time
from pathlib import Path
from evaluation.data.durable.holding import holding

with holding(Path(sys.argv[1])):
    print(flush=True)
    time.sleep(float(sys.argv[2]))
"""


@pytest.fixture(scope="module")
def trials(root: Path) -> ModuleType:
    folder = str(root / "tests" / "simulation")
    if folder not in sys.path:
        sys.path.append(folder)
    return importlib.import_module("fault_trials.trials")


def test_ten_kills_leave_everything_whole(trials: ModuleType) -> None:
    found = [(world, trials.trial(world, seed)) for world, seed in KILLS]
    assert [(world, one["faults"]) for world, one in found if one["faults"]] == []
    stood = [one["stands"] for _, one in found]
    print(f"{len(found)} kills: {stood.count('One')} before, {stood.count('Two')} after")
    assert set(stood) <= {"One", "Two"} and "One" in stood


@pytest.mark.parametrize(
    ("world", "number", "code"),
    [("run_writing", signal.SIGTERM, 143), ("release_writing", signal.SIGINT, 130)],
)
def test_asked_to_end_it_clears_away(
    trials: ModuleType, world: str, number: signal.Signals, code: int
) -> None:
    asked, ready = trials.WORLDS[world], trials.base()
    with trials._copy(ready, asked) as study:
        ended = ready.commands.run(asked.words, study, kill=0.0, after=asked.after, number=number)
        assert ended.code == code and "Traceback" not in ended.said
        assert trials.strays(study) == ()
        assert trials._found(study, asked, ready) == ("One", [])


@pytest.mark.parametrize("world", ["run", "release"])
def test_two_at_once_are_told_apart(trials: ModuleType, world: str) -> None:
    asked, ready = trials.WORLDS[world], trials.base()
    with trials._copy(ready, asked) as study, holder(study / trials.FOLDER) as process:
        refused = ready.commands.run(asked.words, study)
        assert refused.code == 15
        line = refused.said.splitlines()[-1]
        assert line.startswith(f"environment: outputs/killed: process {process} on ")
        assert line.endswith("; wait until that ends, or choose another folder with --out")
        assert "Traceback" not in refused.said
    with trials._copy(ready, asked) as study:
        with holder(study / trials.FOLDER, seconds=1.0):
            waited = ready.commands.run(asked.words, study)
        assert waited.code == 0
        assert trials._found(study, asked, ready) == ("Two", [])


@pytest.mark.parametrize("world", ["run", "release"])
def test_a_file_that_may_not_grow_leaves_what_was_there(trials: ModuleType, world: str) -> None:
    asked, ready = trials.WORLDS[world], trials.base()
    with trials._copy(ready, asked) as study:
        ended = ready.commands.run(asked.words, study, largest=6_000)
        assert ended.code == 15
        assert "Traceback" not in ended.said
        line = ended.said.splitlines()[-1]
        assert line.startswith("environment: outputs/") and ": cannot be written (" in line
        assert "File too large" in line and "--out" in line
        stands, faults = trials._found(study, asked, ready)
        assert (stands, faults, trials.strays(study)) == ("One", [], ())


@contextmanager
def holder(folder: Path, seconds: float = 600.0) -> Iterator[int]:
    """Let another process hold a folder; give its number."""
    words = [sys.executable, "-c", HOLDS, str(folder), str(seconds)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
        process.kill()
