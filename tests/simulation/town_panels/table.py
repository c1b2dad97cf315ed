"""The section of docs/validation.md: what the worlds are, the table, and readings."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from town_panels.judging import RATE, Line
from town_panels.world import SMALL, SMALL_RESAMPLING, World

READINGS = Path(__file__).resolve().parent / "readings.toml"
UNREAD = "not read yet."
COLUMNS = (
    "world", "line", "truth", "mean error in std. errors", "std. error / spread",
    "covers, or rejects", "expected", "",
)  # fmt: skip


def section(worlds: Mapping[str, World], lines: Sequence[Line], stamp: str) -> str:
    """Return the section.

    Parameters
    ----------
    worlds
        Those that were run.
    lines
        Of all of them.
    stamp
        The commit.
    """
    counts = {line.world: line.replications for line in lines}
    failing = sum(not line.held for line in lines)
    head = (
        "## Panels: coverage and size of difference-in-differences\n\n"
        f"Commit {stamp}. {sum(counts.values()):,} panels of 16 quarters, each estimated as a user "
        "would: one spec, one run. Seeds: the first six bytes of SHA-256 of "
        "`panels/<world>/<replication>`. Municipalities have serially correlated shocks; where "
        "nothing else is said two thirds of them adopt, in four quarters. A line that *covers* "
        "holds where coverage lies in the band of a right 95 % interval, Bonferroni-adjusted over "
        "the table, and the 95 % Monte Carlo interval of the mean error within "
        f"±{SMALL} standard errors (±{SMALL_RESAMPLING} in worlds of fewer panels); one "
        "that *covers at least* where coverage is not below that band, and its length is given "
        "against an interval that knows more. *Rejects at its level* is judged by such a band "
        "about the level. *Under-covers* and *biased* are stated failures, shown to be seen; "
        f"*detected* needs {RATE:.0%} of panels, chosen beforehand. {failing} of {len(lines)} "
        "lines are not as expected.\n\n"
    )
    parts = [head + _worlds(worlds, counts), table(lines)]
    if said := readings(lines):
        parts += ["What was not expected, and what was made of it:", "\n".join(said)]
    return "\n\n".join(parts)


def _worlds(worlds: Mapping[str, World], counts: Mapping[str, int]) -> str:
    rows = [(name, world.title, f"{counts.get(name, 0):,}") for name, world in worlds.items()]
    return _markdown(("world", "what is so", "panels"), rows)


def table(lines: Sequence[Line]) -> str:
    """Return lines as a Markdown table; those not as expected say FAILS."""
    return _markdown(COLUMNS, [_cells(line) for line in lines])


def _cells(line: Line) -> tuple[str, ...]:
    error = "–" if line.error is None else f"{line.error:+.3f} ± {line.half:.3f}"
    share = "–" if line.share is None else f"{line.share:.1%}"
    if line.length is not None:
        share += f", length × {line.length:.2f}"
    if line.missing:
        share += f", none in {line.missing}"
    return (
        line.world,
        f"`{line.name}`",
        "–" if line.truth is None else f"{line.truth:.4f}",
        error,
        "–" if line.ratio is None else f"{line.ratio:.3f}",
        share,
        line.expected,
        "" if line.held else "FAILS",
    )


def readings(lines: Sequence[Line]) -> list[str]:
    """Return a list item for every line that is not as expected: what was made of it."""
    known = tomllib.loads(READINGS.read_text(encoding="utf-8"))
    return [
        f"- {line.world}, `{line.name}`: {known.get(line.world, {}).get(line.name, UNREAD)}"
        for line in lines
        if not line.held
    ]


def _markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    return "\n".join(head + [f"| {' | '.join(row)} |" for row in rows])
