"""Registers in every shape: the panels built of a world agree, whatever its files look like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from register_shapes import table
from register_shapes.compared import Compared, as_result, compare_world, of_result
from register_shapes.delivered import worlds
from validation import Job, Results, Stamp, digest_of

NAME = "registers"
ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent / "register_shapes"
# What reads replications, and makes none.
READERS = ("table.py",)


class Registers:
    """The part."""

    replications = 1

    def worlds(self) -> tuple[str, ...]:
        """Return the worlds."""
        return worlds()

    def digest(self, world: str) -> str:
        """Return a digest of the code that delivers, builds and compares."""
        own = [path for path in HERE.iterdir() if path.suffix in (".py", ".toml")]
        sources = (
            *(ROOT / "evaluation" / "data" / "registers").rglob("*.py"),
            *(path for part in ("*.py", "*.toml") for path in (ROOT / "data_synth").rglob(part)),
            *(path for path in own if path.name not in READERS),
        )
        return digest_of(sources, ROOT, world)

    def jobs(self, worlds: Sequence[str], replications: int, done: Results) -> tuple[Job, ...]:
        """Return one delivery of each world, or as many as are asked for."""
        del done
        return tuple(
            Job(NAME, world, str(number), self.digest(world))
            for world in worlds
            for number in range(1, replications + 1)
        )

    def run(self, world: str, replication: str, seed: int) -> list[dict[str, Any]]:
        """Return what the panels of one delivery have in common, by shape."""
        del replication
        return as_result(compare_world(world, seed))

    def section(self, worlds: Sequence[str], done: Results, stamp: Stamp) -> str:
        """Return the section of docs/validation.md."""
        return table.section(worlds, found(worlds, done), f"{stamp}")

    def summary(self, worlds: Sequence[str], done: Results) -> str:
        """Return the table."""
        return table.table(worlds, found(worlds, done))

    def pages(self, worlds: Sequence[str], done: Results, stamp: Stamp) -> Mapping[str, str]:
        """Return no further pages."""
        del worlds, done, stamp
        return {}


def found(worlds: Sequence[str], done: Results) -> dict[str, list[Compared]]:
    """Return what came of worlds, from finished replications."""
    made: dict[str, list[Compared]] = {world: [] for world in worlds}
    for (world, _), result in sorted(done.items()):
        if world in made:
            made[world] += of_result(result)
    return made


PART = Registers()
