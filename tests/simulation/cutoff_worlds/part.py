"""A part of the validation at a cutoff: lives near 30 with a known effect.

Every replication is run as a user would run it: a spec on one panel, or several on the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from town_panels.judging import Line, lines_of
from town_panels.reads import Numbers
from town_panels.world import Asked
from validation import Job, Results, Stamp, digest_of

from cutoff_worlds import table
from cutoff_worlds.asked import WORLDS, estimates

# Replications are known by this name, whichever part asks for them.
NAME = "cutoffs"
ROOT = Path(__file__).resolve().parents[3]
HERE = Path(__file__).resolve().parents[1]
# What reads replications, and makes none.
READERS = ("table.py", "part.py")
SHARED = ("reads.py", "world.py")
# Largest share of panels in which a number may be refused; beyond it its line fails.
MISSING = 0.05


class Cutoffs:
    """A part, which is some of the worlds at a cutoff.

    Parameters
    ----------
    title
        Heading of its section.
    worlds
        Names of its worlds.
    """

    replications = max(world.replications for world in WORLDS.values())

    def __init__(self, title: str, worlds: Sequence[str]) -> None:
        self._title = title
        self._worlds = tuple(worlds)

    def worlds(self) -> tuple[str, ...]:
        """Return the worlds."""
        return self._worlds

    def digest(self, world: str) -> str:
        """Return a digest of the code that draws and estimates."""
        own = (path for path in (HERE / "cutoff_worlds").glob("*.py") if path.name not in READERS)
        shared = (HERE / "town_panels" / name for name in SHARED)
        return digest_of([*(ROOT / "evaluation").rglob("*.py"), *own, *shared], ROOT, world)

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
        chosen = {name: WORLDS[name] for name in worlds}
        lines, panels = judged(worlds, done), found(worlds, done)
        return table.section(self._title, chosen, lines, panels, f"{stamp}")

    def summary(self, worlds: Sequence[str], done: Results) -> str:
        """Return the table."""
        return table.table(judged(worlds, done))

    def pages(self, worlds: Sequence[str], done: Results, stamp: Stamp) -> Mapping[str, str]:
        """Return no further pages."""
        del worlds, done, stamp
        return {}


def found(worlds: Sequence[str], done: Results) -> dict[str, list[Mapping[str, Numbers]]]:
    """Return what every panel of the worlds gave."""
    panels: dict[str, list[Mapping[str, Numbers]]] = {world: [] for world in worlds}
    for (world, _), result in sorted(done.items()):
        if world in panels:
            panels[world].append(result)
    return panels


def judged(worlds: Sequence[str], done: Results) -> list[Line]:
    """Return the lines of worlds, from finished replications.

    A rule may choose a bandwidth that holds too few months, which is refused: such panels are
    counted, and a line is judged by the others as long as they are few.
    """
    panels = found(worlds, done)
    count = sum(len(world.asked) for world in WORLDS.values())
    return [
        line
        for world in worlds
        for one in WORLDS[world].asked
        for line in _lines(world, one, panels[world], count)
    ]


def _lines(
    name: str, one: Asked, panels: Sequence[Mapping[str, Numbers]], count: int
) -> Iterator[Line]:
    """Yield the line of one number, nothing where there is no panel."""
    names = [one.name, *([one.oracle] if one.oracle else [])]
    given = [panel for panel in panels if all(_complete(panel[key]) for key in names)]
    missing = len(panels) - len(given)
    if not panels:
        return
    if missing > MISSING * len(panels):
        given = list(panels)
    for line in lines_of(name, replace(WORLDS[name], asked=(one,)), given, count):
        yield replace(line, missing=missing) if len(given) < len(panels) else line


def _complete(numbers: Numbers) -> bool:
    """Return whether nothing is missing but an estimate that an interval has none of."""
    return None not in (numbers[2:] or numbers)
