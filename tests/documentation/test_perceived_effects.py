"""Every outcome and spec on the page of perceived effects exists, and every page linked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evaluation.catalogue import catalogue
from evaluation.spec.loader import read_spec
from evaluation.spec.shipped import find_spec

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = DOCS / "perceived_effects.md"
# The effects that the survey asked offices about.
ASKED = (
    "rights clarified", "out of passivity", "faster to work or education", "inclusion",
    "useless measures", "burden", "less misuse", "less accessible",
)  # fmt: skip
LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")


def _rows() -> list[list[str]]:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line[:1] == "|"]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


ROWS = _rows()


def test_every_effect_that_was_asked_about_is_there() -> None:
    assert tuple(dict.fromkeys(row[0] for row in ROWS)) == ASKED
    first = {row[0]: row[1] for row in reversed(ROWS)}
    assert all(re.fullmatch(r"\d\d % \w+ or \w+|not read", share) for share in first.values())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}-{row[2]}")
def test_what_a_row_names_exists(row: list[str]) -> None:
    _, _, outcomes, spec, words = row
    assert len(words) > 20
    if outcomes == "none":
        assert spec == "none"
        return
    ((name, _),) = LINK.findall(spec)
    path = find_spec(name)
    assert path is not None, name
    named = re.findall(r"`(\w+)`", outcomes)
    assert named
    # With horizons an outcome is one for each of them, by the month after an @.
    known = {one.partition("@")[0] for one in read_spec(path, catalogue()).outcomes}
    assert set(named) <= known


def test_every_link_leads_somewhere() -> None:
    for name, target in LINK.findall(PAGE.read_text(encoding="utf-8")):
        assert (DOCS / target).is_file(), target
        assert Path(target).stem == name
