"""Every command and code block of the documentation does what the page says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.documentation.following import blocks_of
from tests.documentation.pages import OWN, PAGES, ROOT, named, pages, shown

# Dear ones have files of their own, so that two processes end together.
APART = ("docs/release.md",)
ELSEWHERE = {".", "docs/tutorials"}
FOLDERS = sorted({page.parent.relative_to(ROOT).as_posix() for page in PAGES} - ELSEWHERE)

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("page", pages(*FOLDERS, apart=APART), ids=named)
def test_what_is_shown_is_printed(page: Path, tmp_path: Path, small_truths: Path) -> None:
    shown(page, tmp_path, small_truths)


def test_every_page_with_blocks_is_followed() -> None:
    for name, test in OWN.items():
        assert (ROOT / name).is_file()
        assert (ROOT / test).is_file()
    with_commands = [page for page in PAGES if any(b.commands for b in blocks_of(page))]
    assert len(with_commands) >= 5
    for page in PAGES:
        unnamed = [b for b in blocks_of(page) if not b.language and "activity-duty " in b.content]
        assert not unnamed, f"{named(page)}: commands in a block that is not marked as sh"


def test_every_page_has_one_test() -> None:
    split = [*pages("."), *pages("docs/tutorials"), *(ROOT / name for name in APART)]
    rest = pages(*FOLDERS, apart=APART)
    every = {folder for page in PAGES for folder in [page.parent.relative_to(ROOT).as_posix()]}
    assert sorted([*split, *rest]) == sorted(pages(*every))
