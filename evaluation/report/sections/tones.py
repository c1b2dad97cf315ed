"""What a verdict means to a reader: told by a mark and a word, never by colour alone."""

from __future__ import annotations

from typing import Literal

from evaluation.results import Check

Tone = Literal["against", "nothing", "unjudged", "reading"]
TONES: tuple[Tone, ...] = ("against", "nothing", "unjudged", "reading")
MARKS: dict[Tone, str] = {"against": "!", "nothing": "○", "unjudged": "?", "reading": "–"}

# Verdicts that name a size or a number begin with these words.
BEGINNINGS: tuple[tuple[str, Tone], ...] = (
    ("robust up to", "reading"),
    ("not robust", "reading"),
    ("forbidden comparisons weigh", "reading"),
)
VERDICTS: dict[str, Tone] = {
    "violation found": "against",
    "violated": "against",
    "sensitive": "against",
    "shocks exceed the standard error": "against",
    "one cluster decides": "against",
    "few": "against",
    "weak": "against",
    "none found": "against",
    "second kink found": "against",
    "could explain the estimate": "against",
    "differ": "against",
    "not detected": "nothing",
    "no difference detected": "nothing",
    "no trend detected": "nothing",
    "within the placebo range": "nothing",
    "too small to explain the estimate": "nothing",
    "stable": "nothing",
    "no cluster decides": "nothing",
    "not few": "nothing",
    "strong": "nothing",
    "holds": "nothing",
    "agree exactly": "nothing",
    "refused": "unjudged",
    "insufficient": "unjudged",
    "not tested": "unjudged",
    "cannot be tested": "unjudged",
    "uninformative": "unjudged",
    "no_bound_given": "unjudged",
    "in the report": "unjudged",
}


def tone_of(row: Check) -> Tone:
    """Return the tone of a verdict; one that is not known is a reading."""
    for beginning, tone in BEGINNINGS:
        if row.verdict.startswith(beginning):
            return tone
    return VERDICTS.get(row.verdict, "reading")
