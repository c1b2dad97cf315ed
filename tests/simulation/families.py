"""Families of hypotheses and equivalence tests: error rates and power in panels of known effects.

Every replication is run as a user would run it: one spec on one panel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from family_panels import table
from family_panels.asked import panel_of
from family_panels.world import WORLDS
from validation import Job, Results, Stamp, digest_of

NAME = "families"
ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent / "family_panels"
# What reads replications, and makes none.
READERS = ("table.py",)


class Families:
    """The part."""

    replications = max(world.replications for world in WORLDS.values())

    def worlds(self) -> tuple[str, ...]:
        """Return the worlds."""
        return tuple(WORLDS)

    def digest(self, world: str) -> str:
        """Return a digest of the code that draws and estimates."""
        paths = [path for path in HERE.glob("*.py") if path.name not in READERS]
        return digest_of([*(ROOT / "evaluation").rglob("*.py"), *paths], ROOT, world)

    def jobs(self, worlds: Sequence[str], replications: int, done: Results) -> tuple[Job, ...]:
        """Return all replications, of each world as many as it asks for at most."""
        del done
        return tuple(
            Job(NAME, world, str(number), digest)
            for world in worlds
            for digest in (self.digest(world),)
            for number in range(1, min(replications, WORLDS[world].replications) + 1)
        )

    def run(self, world: str, replication: str, seed: int) -> Mapping[str, float]:
        """Return what one panel gives, by line."""
        del replication
        return panel_of(world, seed)

    def section(self, worlds: Sequence[str], done: Results, stamp: Stamp) -> str:
        """Return the section of docs/validation.md."""
        return table.section(worlds, judged(worlds, done), f"{stamp}")

    def summary(self, worlds: Sequence[str], done: Results) -> str:
        """Return the table."""
        return table.table(judged(worlds, done))

    def pages(self, worlds: Sequence[str], done: Results, stamp: Stamp) -> Mapping[str, str]:
        """Return no further pages."""
        del worlds, done, stamp
        return {}


def judged(worlds: Sequence[str], done: Results) -> list[table.Line]:
    """Return the lines of worlds, from finished replications."""
    found: dict[str, list[Mapping[str, float]]] = {world: [] for world in worlds}
    for (world, _), result in sorted(done.items()):
        if world in found:
            found[world].append(result)
    return table.judged(worlds, found)


PART = Families()
