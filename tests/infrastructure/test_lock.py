"""``requirements.lock`` belongs to ``pyproject.toml`` and names no place to download from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def text(root: Path) -> str:
    return (root / "requirements.lock").read_text(encoding="utf-8")


def test_lock_was_compiled_from_these_tables(
    project: dict[str, Any], text: str, lock_script: ModuleType
) -> None:
    assert lock_script.recorded_digest(text) == lock_script.tables_digest(project), (
        "the dependency tables of pyproject.toml changed: run make lock"
    )


def test_digest_moves_with_every_table(project: dict[str, Any], lock_script: ModuleType) -> None:
    before = lock_script.tables_digest(project)
    for change in (
        {"build-system": {"requires": ["other"]}},
        {"project": project["project"] | {"dependencies": []}},
        {"project": project["project"] | {"optional-dependencies": {}}},
        {"project": project["project"] | {"requires-python": ">=3.13"}},
    ):
        assert lock_script.tables_digest(project | change) != before
    unrelated = {"project": project["project"] | {"description": "other words"}}
    assert lock_script.tables_digest(project | unrelated) == before


def test_every_requirement_is_pinned_at_a_version_that_satisfies_it(
    project: dict[str, Any], text: str, lock_script: ModuleType
) -> None:
    pins: dict[str, list[str]] = {}
    for entry in lock_script.entries(text):
        pins.setdefault(entry.name, []).append(entry.version)
    extras = project["project"].get("optional-dependencies", {})
    wanted = [*project["build-system"]["requires"], *project["project"]["dependencies"]]
    wanted += [line for lines in extras.values() for line in lines]
    for line in wanted:
        requirement = Requirement(line)
        versions = pins.get(canonicalize_name(requirement.name), [])
        assert versions, f"{requirement.name} is not in requirements.lock"
        assert all(requirement.specifier.contains(version) for version in versions), line


def test_every_entry_carries_hashes(text: str, lock_script: ModuleType) -> None:
    entries = lock_script.entries(text)
    assert len(entries) > 50
    for entry in entries:
        assert entry.hashes, entry.name
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", value) for value in entry.hashes)


def test_one_name_has_one_pin_on_each_machine(
    text: str, lock_script: ModuleType, wheelhouse_script: ModuleType
) -> None:
    entries = lock_script.entries(text)
    for platform in ("linux", "windows"):
        for python in ("3.11", "3.12", "3.13", "3.14"):
            markers = wheelhouse_script.target_of(platform, python).markers
            names = [e.name for e in entries if e.marker is None or e.marker.evaluate(markers)]
            assert len(names) == len(set(names)), (platform, python)


def test_lock_names_no_index_and_no_path(text: str) -> None:
    for line in text.splitlines():
        assert "://" not in line
        assert not line.startswith("-"), "an option of pip"
        assert not re.search(r"(^|\s)(file:|\.{0,2}/|[A-Za-z]:\\)", line), line
        assert " @ " not in line


@pytest.mark.parametrize("line", ["numpy>=2", "numpy", "-e .", "numpy @ file:///numpy.whl"])
def test_anything_but_a_pin_is_refused(line: str, lock_script: ModuleType) -> None:
    with pytest.raises(ValueError, match="not a pinned requirement"):
        lock_script.entries(line + "\n")
