"""Made pages are what code and files say, and the site is whole and needs no internet."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
# What a browser fetches by itself; links that a reader follows are no such thing.
FETCHED = re.compile(
    r'<(?:script|img|iframe|source|video)[^>]*\bsrc="(?:https?:)?//[^"]*"'
    r'|<link(?=[^>]*\brel="(?:stylesheet|preload|preconnect|icon|modulepreload)")[^>]*'
    r'\bhref="(?:https?:)?//[^"]*"'
)


@pytest.fixture(scope="module")
def docs() -> ModuleType:
    folder = str(ROOT / ".ci")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return importlib.import_module("docs")


@pytest.mark.parametrize("name", ["spec", "estimators", "checks", "worlds", "policies"])
def test_a_made_page_is_fresh(docs: ModuleType, name: str) -> None:
    assert name in docs.PAGES
    committed = (ROOT / "docs" / "reference" / f"{name}.md").read_text(encoding="utf-8")
    assert committed == docs.page(name), "run make docs"


def test_every_estimator_and_check_has_its_place(docs: ModuleType) -> None:
    from evaluation.checks.registry import check_names
    from evaluation.estimators.registry import estimator_names

    for page, names in (("estimators", estimator_names()), ("checks", check_names())):
        headings = re.findall(r"^## (\S+)$", docs.page(page), re.M)
        assert headings == list(names)


@pytest.mark.slow
def test_the_site_builds_and_fetches_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"]
    command += ["--config-file", str(ROOT / ".ci" / "mkdocs.yml"), "--site-dir", str(tmp_path)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr, done.stderr
    pages = sorted(tmp_path.rglob("*.html"))
    assert len(pages) > 20
    fetched = [
        f"{page.relative_to(tmp_path)}: {found}"
        for page in pages
        for found in FETCHED.findall(page.read_text(encoding="utf-8"))
    ]
    assert not fetched
    styles = "".join(path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.css"))
    assert "url(http" not in styles and "@import" not in styles


def test_what_a_browser_fetches_is_recognised() -> None:
    for text in (
        '<script src="https://example.org/x.js">',
        '<link rel="stylesheet" href="//example.org/x.css">',
        '<link href="https://example.org/x.css" rel="stylesheet">',
        '<img alt="" src="http://example.org/x.png">',
    ):
        assert FETCHED.search(text)
    assert not FETCHED.search('<link rel="canonical" href="https://example.org/">')
    assert not FETCHED.search('<a href="https://example.org/">')
