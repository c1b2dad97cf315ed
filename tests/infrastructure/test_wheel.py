"""The wheel brings what ``demo``, ``new`` and ``verify`` need away from the checkout."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def inside(root: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index"]
    command += ["--no-build-isolation", "--wheel-dir", str(folder), str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    assert wheel.name.endswith("-py3-none-any.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def expected(paths: Iterable[Path], base: Path, prefix: str) -> set[str]:
    return {
        prefix + path.relative_to(base).as_posix()
        for path in paths
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_wheel_holds_every_module_and_world(inside: set[str], root: Path) -> None:
    for package in ("evaluation", "data_synth"):
        modules = expected((root / package).rglob("*.py"), root, "")
        assert modules and modules <= inside
    worlds = expected((root / "data_synth" / "worlds").glob("*.toml"), root, "")
    assert worlds and worlds <= inside


def test_wheel_holds_specs_reference_and_lock(inside: set[str], root: Path) -> None:
    for folder, place in (("specs", "specs"), ("outputs/reference", "reference")):
        base = root / folder
        files = expected(base.rglob("*"), base, f"evaluation/_share/{place}/")
        assert files, f"{folder} is empty"
        assert files <= inside
    assert "evaluation/_share/requirements.lock" in inside


def test_wheel_holds_nothing_else(inside: set[str]) -> None:
    allowed = ("evaluation/", "data_synth/", "activity_duty-")
    assert not [name for name in inside if not name.startswith(allowed)]
    assert not [name for name in inside if "__pycache__" in name or name.endswith(".pyc")]
    assert any(name.endswith("licenses/LICENSE") for name in inside)
