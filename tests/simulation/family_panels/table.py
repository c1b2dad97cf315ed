"""From panels to lines, and the section of docs/validation.md."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from town_panels.judging import band

from family_panels.asked import DRAWS, JUDGED, lines_of
from family_panels.world import WORLDS

READINGS = Path(__file__).resolve().parent / "readings.toml"
UNREAD = "not read yet."
Panel = Mapping[str, float]


@dataclass(frozen=True)
class Line:
    """One line over all panels of a world.

    Attributes
    ----------
    world, name, expected
        Where it stands, and what its share should be.
    replications
        How many panels.
    share, wanted
        In which it is so, and should be.
    held
        Whether it is as expected.
    """

    world: str
    name: str
    expected: str
    replications: int
    share: float
    wanted: float
    held: bool


def judged(worlds: Sequence[str], found: Mapping[str, Sequence[Panel]]) -> list[Line]:
    """Return the lines of worlds; bands are Bonferroni-adjusted over the lines of all worlds."""
    count = sum(len(lines_of(world)) for world in WORLDS.values())
    lines = []
    for name in worlds:
        panels = found.get(name, ())
        for one in lines_of(WORLDS[name]) if panels else ():
            share = sum(panel[one.name] for panel in panels) / len(panels)
            held = JUDGED[one.expected](share, band(len(panels), count, one.share))
            lines.append(Line(name, one.name, one.expected, len(panels), share, one.share, held))
    return lines


def section(worlds: Sequence[str], lines: Sequence[Line], stamp: str) -> str:
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
        "## Families of hypotheses, and what a null rules out\n\n"
        f"Commit {stamp}. {sum(counts.values()):,} panels of municipalities over four periods, "
        "half of which adopt, each estimated as a user would: one spec, one run, errors by CR3. "
        "Seeds: the first six bytes of SHA-256 of `families/<world>/<replication>`; Romano and "
        f"Wolf's step-down takes {DRAWS} draws. Of a family's errors: the share of panels in which "
        "any hypothesis that is true is rejected at an adjusted p-value below 5 %. Of equivalence "
        "tests: the share in which effects beyond the bound are ruled out, 5 % where the effect is "
        "the bound and otherwise the power of STATISTICS.md's formula, by t with the number of "
        "municipalities less one. Shares are judged by bands about what is expected, "
        f"Bonferroni-adjusted over the table. {failing} of {len(lines)} lines are not as expected."
    )
    rows = [f"| {name} | {WORLDS[name].title} | {counts.get(name, 0):,} |" for name in worlds]
    worlds_table = "\n".join(["| world | what is so | panels |", "|---|---|---|", *rows])
    parts = [head, worlds_table, table(lines)]
    if said := readings(lines):
        parts += ["What was not expected, and what was made of it:", "\n".join(said)]
    return "\n\n".join(parts)


def table(lines: Sequence[Line]) -> str:
    """Return lines as a Markdown table; those not as expected say FAILS."""
    rows = [
        f"| {line.world} | `{line.name}` | {line.share:.1%} | {line.expected} {line.wanted:.1%} | "
        f"{'' if line.held else 'FAILS'} |"
        for line in lines
    ]
    head = ["| world | line | share | expected | |", "|---|---|---|---|---|"]
    return "\n".join([*head, *rows])


def readings(lines: Sequence[Line]) -> list[str]:
    """Return what was made of every line that is not as expected."""
    known = tomllib.loads(READINGS.read_text(encoding="utf-8"))
    return [
        f"- {line.world}, `{line.name}`: {known.get(line.world, {}).get(line.name, UNREAD)}"
        for line in lines
        if not line.held
    ]
