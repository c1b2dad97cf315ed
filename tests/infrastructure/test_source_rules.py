"""Rules of the house that a linter does not know, held over every module of the product."""

from __future__ import annotations

import ast
import statistics
from pathlib import Path

import pytest

PACKAGES = ("evaluation", "data_synth")
LONGEST = 350
MEDIAN = 120
# Cost seconds to import, so the command's help would: they are imported where they are used.
HEAVY = {"pyfixest", "statsmodels", "rdrobust", "differences", "matplotlib", "linearmodels"}


@pytest.fixture(scope="module")
def modules(root: Path) -> dict[str, str]:
    paths = sorted(path for package in PACKAGES for path in (root / package).rglob("*.py"))
    assert paths
    return {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in paths}


@pytest.fixture(scope="module")
def trees(modules: dict[str, str]) -> dict[str, ast.Module]:
    return {name: ast.parse(text) for name, text in modules.items()}


@pytest.fixture(scope="module")
def handlers(trees: dict[str, ast.Module]) -> list[tuple[str, ast.Assert | ast.ExceptHandler]]:
    """Return every assertion and handler with its module: trees are walked once."""
    return [
        (name, node)
        for name, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Assert | ast.ExceptHandler)
    ]


def test_no_module_is_long(modules: dict[str, str]) -> None:
    lengths = {name: len(text.splitlines()) for name, text in modules.items()}
    long = {name: length for name, length in lengths.items() if length > LONGEST}
    assert not long
    assert statistics.median(length for length in lengths.values() if length) < MEDIAN


def test_no_assert_and_no_bare_except(handlers) -> None:
    hits = [
        f"{name}:{node.lineno}"
        for name, node in handlers
        if isinstance(node, ast.Assert) or not node.type
    ]
    assert not hits, "assert is no validation, and a bare except hides faults"


def test_no_exception_is_swallowed(handlers) -> None:
    broad = {"Exception", "BaseException"}
    hits = [
        f"{name}:{node.lineno}"
        for name, node in handlers
        if isinstance(node, ast.ExceptHandler)
        and isinstance(node.type, ast.Name)
        and node.type.id in broad
        and all(isinstance(line, ast.Pass) for line in node.body)
    ]
    assert not hits


def test_heavy_libraries_are_not_imported_at_the_top(trees: dict[str, ast.Module]) -> None:
    hits = []
    for name, tree in trees.items():
        for node in tree.body:
            if isinstance(node, ast.Import):
                found = {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found = {(node.module or "").split(".")[0]}
            else:
                continue
            hits += [f"{name}:{node.lineno}: {library}" for library in found & HEAVY]
    assert not hits


def test_no_unfinished_mark(modules: dict[str, str]) -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "X" * 3)
    hits = [name for name, text in modules.items() if any(mark in text for mark in marks)]
    assert not hits
