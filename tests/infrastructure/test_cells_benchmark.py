"""The benchmark of cells runs and leaves nothing behind."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "cells.py"


@pytest.mark.slow
def test_a_section_prints_its_table_and_removes_its_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(str(SCRIPT.parent))
    import cells as script

    scratch, kept = tmp_path / "scratch", tmp_path / "tables.md"
    scratch.mkdir()
    words = ["--quick", "--only", "permutation", "--folder", str(scratch), "--out", str(kept)]
    monkeypatch.setattr(sys, "argv", [str(SCRIPT), *words])
    # What a stop does to the script is not to happen to the tests.
    monkeypatch.setattr(script.signal, "signal", lambda number, handler: None)
    script.main()
    said = capsys.readouterr().out
    assert kept.read_text(encoding="utf-8").strip() in said
    (row,) = [line for line in said.splitlines() if line.startswith("| 5,000 draws")]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert float(cells[1]) > 0 and cells[5] == "≥ 1,500 a second"
    assert list(scratch.iterdir()) == []


def test_a_full_disk_is_told_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(SCRIPT.parent))
    import cells

    monkeypatch.setattr("shutil.disk_usage", lambda folder: SimpleNamespace(free=1))
    with pytest.raises(SystemExit, match="--folder"):
        cells.benchmark(cells.QUICK, ["adoption"], tmp_path, print)
    assert list(tmp_path.iterdir()) == []
