"""Rows that are spilled: no two connections share a folder, and what a kill left is removed."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from evaluation.data.durable import spilling
from evaluation.data.durable.spilling import own_spill
from evaluation.errors import EnvironmentProblem

ROOT = Path(__file__).resolve().parents[3]
ROWS = 600_000
LIMITS = {"memory_limit": "16MB", "threads": 1}
SPILLS = """
import sys, time
from pathlib import Path
import duckdb
from evaluation.data.durable.spilling import own_spill

folder = own_spill(Path(sys.argv[1]))
base = duckdb.connect(config={"memory_limit": "16MB", "threads": 1, "temp_directory": str(folder)})
rows = base.execute("SELECT * FROM range(600000) t(i) ORDER BY hash(i)").to_arrow_reader(1000)
rows.read_next_batch()
print(folder, flush=True)
sys.stdin.readline()
"""


def spilling_process(above: Path) -> tuple[subprocess.Popen[str], Path]:
    """Start a process that has spilled rows and waits; return it and its connection's folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", SPILLS, str(above)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_what_a_killed_process_spilled_goes_and_what_a_living_one_spills_stays(
    tmp_path: Path,
) -> None:
    (tmp_path / "activity-duty-spill-of-mine").mkdir()
    (tmp_path / "activity-duty-spill-abcdefgh").mkdir()  # nothing tells whose
    killed, left = spilling_process(tmp_path)
    killed.kill()
    killed.communicate()
    assert any(left.iterdir())
    living, kept = spilling_process(tmp_path)
    assert not left.parent.exists()
    own = own_spill(tmp_path)
    assert any(kept.iterdir())
    names = {path.name for path in tmp_path.iterdir()}
    held = {kept.parent.name, own.parent.name}
    assert names == {"activity-duty-spill-of-mine", "activity-duty-spill-abcdefgh"} | held | {
        f"{name}.lock" for name in held
    }
    if os.name == "posix":
        assert all((tmp_path / name).stat().st_mode & 0o077 == 0 for name in held)
    living.communicate("\n")
    assert living.returncode == 0
    assert not kept.parent.exists() and not kept.with_name(f"{kept.parent.name}.lock").exists()
    assert {path.name for path in tmp_path.iterdir()} >= {own.parent.name}


def test_two_that_spill_at_once_keep_their_rows(tmp_path: Path) -> None:
    query = f"SELECT * FROM range({ROWS}) t(i) ORDER BY hash(i)"
    bases = [
        duckdb.connect(config={**LIMITS, "temp_directory": str(own_spill(tmp_path))})
        for _ in range(2)
    ]
    readers = [base.execute(query).to_arrow_reader(1000) for base in bases]
    for reader in readers:
        reader.read_next_batch()
    assert len(list(tmp_path.glob("*/*"))) == 2
    for base, reader in zip(bases, readers, strict=True):
        assert sum(batch.num_rows for batch in reader) == ROWS - 1000
        base.close()
    assert list(tmp_path.glob("*/*")) == []


def test_without_locks_nothing_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(handle: int) -> bool:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(spilling, "lock", none)
    first = own_spill(tmp_path)
    monkeypatch.setattr(spilling, "_own", {})
    assert own_spill(tmp_path).parent != first.parent
    assert first.parent.is_dir()


def test_a_folder_that_was_taken_away_is_made_again(tmp_path: Path) -> None:
    first = own_spill(tmp_path / "deep" / "spill")
    assert own_spill(tmp_path / "deep" / "spill").parent == first.parent
    first.parent.rmdir()
    assert own_spill(tmp_path / "deep" / "spill").parent.is_dir()


def test_where_nothing_can_be_written_one_line_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentProblem, match=r"file: cannot be written \(.*; name a spill fol"):
        own_spill(tmp_path / "file")
