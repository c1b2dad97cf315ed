"""The benchmark of registers runs and leaves nothing behind."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "registers.py"


def test_a_small_delivery_is_staged_and_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--persons", "60", "--folder", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", [str(SCRIPT), *words])
    runpy.run_path(str(SCRIPT), run_name="__main__")
    labels = [line[:22].strip() for line in capsys.readouterr().out.splitlines()[-3:]]
    assert labels[:2] == ["rows staged", "spells to months"] and labels[2].startswith("rows, ")
    assert list(tmp_path.iterdir()) == []
