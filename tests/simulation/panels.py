"""Coverage and size of difference-in-differences: panels with a known effect.

Every replication is run as a user would run it: one spec on one panel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from town_panels import table
from town_panels.asked import WORLDS, estimates
from town_panels.judging import Line, lines_of
from town_panels.reads import Numbers
from validation import Job, Results, Stamp, digest_of

NAME = "panels"
ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent / "town_panels"
# What reads replications, and makes none.
READERS = ("judging.py", "table.py")


class Panels:
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

    def run(self, world: str, replication: str, seed: int) -> Mapping[str, Numbers]:
        """Return what one panel gives, by line."""
        del replication
        return estimates(world, seed)

    def section(self, worlds: Sequence[str], done: Results, stamp: Stamp) -> str:
        """Return the section of docs/validation.md."""
        return table.section(
            {name: WORLDS[name] for name in worlds}, judged(worlds, done), f"{stamp}"
        )

    def summary(self, worlds: Sequence[str], done: Results) -> str:
        """Return the table."""
        return table.table(judged(worlds, done))

    def pages(self, worlds: Sequence[str], done: Results, stamp: Stamp) -> Mapping[str, str]:
        """Return no further pages."""
        del worlds, done, stamp
        return {}


def judged(worlds: Sequence[str], done: Results) -> list[Line]:
    """Return the lines of worlds, from finished replications."""
    found: dict[str, list[Mapping[str, Numbers]]] = {world: [] for world in worlds}
    for (world, _), result in sorted(done.items()):
        if world in found:
            found[world].append(result)
    count = sum(len(world.asked) for world in WORLDS.values())
    return [
        line for world in worlds for line in lines_of(world, WORLDS[world], found[world], count)
    ]


PART = Panels()
