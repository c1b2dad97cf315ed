"""The entry points say what they do, and refuse an old Python in one line."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def run_make(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def test_help_lists_every_target(root: Path) -> None:
    text = (root / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert phony
    helped = run_make(root, "help").stdout
    for target in set(phony[1].split()) - {"help", "python"}:
        assert f"make {target} " in helped


def test_an_old_python_gets_one_line(root: Path, tmp_path: Path) -> None:
    old = tmp_path / "python3.9"
    old.write_text(
        f"#!/bin/sh\nexec {sys.executable} -c "
        '"import sys; sys.version_info = (3, 9, 1); exec(sys.argv[1])" "$2"\n',
        encoding="utf-8",
    )
    old.chmod(0o755)
    done = run_make(root, "python", f"PYTHON={old}")
    assert done.returncode != 0
    assert "is Python 3.9, and 3.11 or newer is needed" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_python_gets_one_line(root: Path) -> None:
    done = run_make(root, "python", "PYTHON=no-such-python")
    assert done.returncode != 0
    assert "install Python 3.11 or newer" in done.stderr


def test_ci_script_is_strict_and_executable(root: Path) -> None:
    script = root / ".ci" / "run"
    assert script.stat().st_mode & 0o100
    text = script.read_text(encoding="utf-8")
    assert "set -euo pipefail" in text
    assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0
