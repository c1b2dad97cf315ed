"""A part of the validation of studies: some of the lines that trials ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from validation import Job, Results, Stamp

from study_panels import table
from study_panels.asked import STUDIES, Asked, all_lines
from study_panels.drawing import TRUTH, Found, digest_of_line, draw
from study_panels.judging import COVERED, Line, line_of

# Replications are known by this name, whichever part asks for them.
NAME = "studies"
OVER_TIME = frozenset({"did", "staggered_did"})
# Large draws of a truth, unless the first shows none at all.
TRUTHS = 5


class Studies:
    """A part, which is some of the lines.

    Parameters
    ----------
    title
        Heading of its section.
    chosen
        Which lines are its own.
    """

    def __init__(self, title: str, chosen: Callable[[Asked], bool]) -> None:
        self._title = title
        self._chosen = chosen

    @property
    def replications(self) -> int:
        """Most that a line asks for."""
        return max((all_lines()[key].replications for key in self.worlds()), default=0)

    def worlds(self) -> tuple[str, ...]:
        """Return the keys of its lines: a study, and its placebos behind a slash."""
        return tuple(key for key, one in all_lines().items() if self._chosen(one))

    def digest(self, world: str) -> str:
        """Return a digest of what a line is drawn by."""
        return digest_of_line(world)

    def jobs(self, worlds: Sequence[str], replications: int, done: Results) -> tuple[Job, ...]:
        """Return all replications, of each line as many as it asks for at most.

        Of the truth as many large draws as it needs: one where that says zero.
        """
        found: list[Job] = []
        for key in worlds:
            one, digest = all_lines()[key], self.digest(key)
            most = min(replications, one.replications)
            names = [str(number) for number in range(1, most + 1)]
            if one.expected in COVERED and most:
                first = done.get((key, f"{TRUTH}1"), {})
                draws = TRUTHS if first.get("truth") else 1
                names += [f"{TRUTH}{number}" for number in range(1, draws + 1)]
            found += [Job(NAME, key, name, digest) for name in names]
        return tuple(found)

    def run(self, world: str, replication: str, seed: int) -> Found:
        """Return what one draw gives."""
        return draw(world, replication, seed)

    def section(self, worlds: Sequence[str], done: Results, stamp: Stamp) -> str:
        """Return the section of docs/validation.md."""
        return table.section(self._title, judged(worlds, done), f"{stamp}")

    def summary(self, worlds: Sequence[str], done: Results) -> str:
        """Return the table."""
        return table.table(judged(worlds, done))

    def pages(self, worlds: Sequence[str], done: Results, stamp: Stamp) -> Mapping[str, str]:
        """Return no further pages."""
        del worlds, done, stamp
        return {}


def judged(worlds: Sequence[str], done: Results) -> list[Line]:
    """Return the lines that were drawn, from finished replications."""
    found: dict[str, list[Found]] = {key: [] for key in worlds}
    truths: dict[str, list[Found]] = {key: [] for key in worlds}
    for (key, replication), result in sorted(done.items()):
        if key in found:
            (truths if replication.startswith(TRUTH) else found)[key].append(result)
    count = len(all_lines())
    return [
        line_of(one, world_named(one), found[key], count, truths[key])
        for key in worlds
        if found[key]
        for one in (all_lines()[key],)
    ]


def world_named(one: Asked) -> str:
    """Return the name of the world that a line draws: the study's own where it names none."""
    if one.world:
        return one.world
    from evaluation.diagnose.replicate import world_of
    from study_panels.drawing import spec_of_line

    return world_of(spec_of_line(one.key))


def over_time(one: Asked) -> bool:
    """Return whether a line's study compares changes over time."""
    from evaluation.spec.studies import study_of

    return study_of(STUDIES / f"{one.study}.toml").design in OVER_TIME
