"""What the project commits names no machine and no package index."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

# Written in pieces, so that this file does not find itself.
FOLDERS = ("work", "tmp", "root", "home", "opt", "farm", "Users", "mnt")
MACHINE_PATH = re.compile(rf"(?<![\w.~$}}-])/(?:{'|'.join(FOLDERS)})/[\w.]|\b[A-Z]:\\+Users\b")
HOSTS = ("py" + "pi.org", "pytho" + "nhosted", "npm" + "js.", "deb.de" + "bian", "con" + "da.org")
INDEX_OPTION = re.compile("--(?:extra-)?index" + "-url(?![a-z])[ =][^\\s]*:")
# The licence's text is not ours to change.
LEFT_OUT = {"LICENSE"}


def texts(files: list[Path]) -> list[tuple[Path, str]]:
    found = []
    for path in files:
        data = path.read_bytes()
        if path.name not in LEFT_OUT and b"\0" not in data:
            found.append((path, data.decode("utf-8", errors="replace")))
    return found


def test_no_machine_path(project_files: list[Path], root: Path) -> None:
    hits = [
        f"{path.relative_to(root)}:{number}: {line.strip()[:80]}"
        for path, text in texts(project_files)
        for number, line in enumerate(text.splitlines(), 1)
        if MACHINE_PATH.search(line)
    ]
    assert not hits, "\n".join(hits)


def test_no_package_index(project_files: list[Path], root: Path) -> None:
    hits = [
        str(path.relative_to(root))
        for path, text in texts(project_files)
        if any(host in text for host in HOSTS) or INDEX_OPTION.search(text)
    ]
    assert not hits, "\n".join(hits)


@pytest.mark.parametrize("tail", ["main/x", "data.csv"])
def test_the_pattern_finds_machine_paths(tail: str) -> None:
    for folder in FOLDERS:
        assert MACHINE_PATH.search(f"open('/{folder}/{tail}')")
    for innocent in ("../home/x", "outputs/work/x", "a/tmp/b", "/usr/bin/env bash"):
        assert not MACHINE_PATH.search(innocent)


def test_no_large_file(project_files: list[Path], root: Path) -> None:
    large = [str(p.relative_to(root)) for p in project_files if p.stat().st_size > 1_000_000]
    assert not large, f"over 1 MB: {large}"
