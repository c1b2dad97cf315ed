"""``compare A B``: what changed between two rounds of an evaluation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from evaluation.commands.shown import text_table
from evaluation.review.compare import Change, Compared, compare
from evaluation.review.rounds import read_round

SHOWN = 40
LONGEST = 72
HEADS = {
    "spec": "spec: keys that changed",
    "sample": "sample flow",
    "inputs": "inputs (SHA-256)",
    "software": "software",
}


def compare_rounds(before: Path, after: Path) -> str:
    """Return what changed from one round to the next, grouped, as text.

    Parameters
    ----------
    before, after
        Output folders or bundles.

    Raises
    ------
    DataError
        Where one is neither, or damaged.
    """
    found = compare(read_round(before), read_round(after))
    return "\n".join(_lines(before, after, found))


def _lines(before: Path, after: Path, found: Compared) -> Iterator[str]:
    yield f"before: {before}"
    yield f"after: {after}"
    for name, changes in found.changes.items():
        if changes:
            yield ""
            yield f"{HEADS.get(name, name)}: {len(changes)} changed"
            yield _table(changes[:SHOWN])
            if len(changes) > SHOWN:
                yield f"and {len(changes) - SHOWN} more"
    same = [
        HEADS.get(name, name).partition(":")[0] for name, one in found.changes.items() if not one
    ]
    yield ""
    if same:
        yield f"unchanged: {', '.join(same)}"
    if found.unknown:
        yield f"one of the rounds does not tell: {', '.join(found.unknown)}"
    yield f"{found.numbers} numbers stand in both"


def _table(changes: Sequence[Change]) -> str:
    rows = [tuple(map(_plain, (one.place, one.before, one.after))) for one in changes]
    return text_table(["", "before", "after"], rows)


def _plain(text: str) -> str:
    """Return words of a stranger's file on one line, without what a terminal would obey."""
    shown = "".join(one if one.isprintable() else " " for one in text)
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]} ..."
