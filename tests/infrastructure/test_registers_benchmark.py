"""The benchmark of registers runs and leaves nothing behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "registers.py"


def test_a_small_delivery_is_staged_and_built(tmp_path: Path) -> None:
    words = ["--persons", "60", "--folder", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    labels = [line[:22].strip() for line in done.stdout.splitlines()[-3:]]
    assert labels[:2] == ["rows staged", "spells to months"] and labels[2].startswith("rows, ")
    assert list(tmp_path.iterdir()) == []
