"""The page on judging has every word that a verdict, a status or the catalogue can have."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from evaluation.report.sections.tones import BEGINNINGS, MARKS, VERDICTS, Tone
from evaluation.results import Status

PAGE = Path(__file__).resolve().parents[2] / "docs" / "judging.md"
TEXT = PAGE.read_text(encoding="utf-8")


def _row(mark: str) -> set[str]:
    (row,) = re.findall(rf"^\| `{re.escape(mark)}` \|(.*)$", TEXT, re.M)
    return set(re.findall(r"`([^`]+)`", row))


def test_every_verdict_stands_in_the_row_of_its_tone() -> None:
    rows: dict[Tone, set[str]] = {tone: _row(mark) for tone, mark in MARKS.items()}
    for tone in ("against", "nothing", "unjudged"):
        assert rows[tone] == {word for word, said in VERDICTS.items() if said == tone}
    for beginning, tone in BEGINNINGS:
        assert any(word.startswith(beginning) for word in rows[tone])


def test_every_verdict_on_a_smallest_effect_is_explained() -> None:
    judged = set(re.findall(r"^\| `(\w+)` \|", TEXT, re.M))
    assert {
        "ruled_out", "effect_found", "not_ruled_out", "uninformative", "no_bound_given",
    } <= judged  # fmt: skip
    assert set(get_args(Status)) <= judged
