"""The scripts of ``.ci`` as modules, and the project's files as git sees them."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest


def _script(root: Path, name: str) -> ModuleType:
    folder = str(root / ".ci")
    if folder not in sys.path:
        sys.path.append(folder)
    return importlib.import_module(name)


@pytest.fixture(scope="session")
def lock_script(root: Path) -> ModuleType:
    return _script(root, "lock")


@pytest.fixture(scope="session")
def wheelhouse_script(root: Path) -> ModuleType:
    return _script(root, "wheelhouse")


@pytest.fixture(scope="session")
def project_files(root: Path) -> list[Path]:
    """Files that are tracked, or would be with ``git add .``."""
    if not (root / ".git").exists():
        pytest.skip("not a git checkout")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout
    return [root / name for name in listed.decode().split("\0") if name and (root / name).is_file()]
