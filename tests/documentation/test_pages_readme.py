"""Every command and code block of the README does what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.documentation.pages import named, pages, shown

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("page", pages("."), ids=named)
def test_what_is_shown_is_printed(page: Path, tmp_path: Path, small_truths: Path) -> None:
    shown(page, tmp_path, small_truths)
