"""Bundles that released versions wrote are verified by this one."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluation.review.verify_bundle import verify_bundle

BUNDLES = Path(__file__).parent / "bundles"
# Version and file: numbers recomputed, explained and not recomputed.
KNOWN = {
    "0.1.0/towns_none.zip": (26, 0, 16),
    "0.1.0/towns_registry_default.zip": (1, 24, 17),
}


def test_every_bundle_is_known() -> None:
    found = {path.relative_to(BUNDLES).as_posix() for path in BUNDLES.rglob("*.zip")}
    assert found == set(KNOWN)
    assert sum(path.stat().st_size for path in BUNDLES.rglob("*.zip")) < 200_000


@pytest.mark.parametrize("name", KNOWN)
def test_its_numbers_are_those_that_were_printed(name: str) -> None:
    found = verify_bundle(BUNDLES / name)
    verdicts = ("recomputed", "explained", "not recomputed")
    assert tuple(len(found.having(one)) for one in verdicts) == KNOWN[name]
    assert not found.having("differs")
