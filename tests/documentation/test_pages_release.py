"""Every command and code block of the release page does what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.documentation.pages import ROOT, named, shown

RELEASE = "docs/release.md"

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("page", [ROOT / RELEASE], ids=named)
def test_what_is_shown_is_printed(page: Path, tmp_path: Path, small_truths: Path) -> None:
    shown(page, tmp_path, small_truths)
