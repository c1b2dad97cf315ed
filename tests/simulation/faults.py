"""Faults: `run` and `release` killed at random, 200 times, and what stands then.

Every replication is one kill of a real process, and the command run again after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from fault_trials.trials import WORLDS, trial
from validation import Job, Results, Stamp, digest_of

NAME = "faults"
ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent / "fault_trials"


class Faults:
    """The part."""

    replications = 50

    def worlds(self) -> tuple[str, ...]:
        """Return the commands, by when they are killed."""
        return tuple(WORLDS)

    def digest(self, world: str) -> str:
        """Return a digest of the code that writes and of the code that kills."""
        return digest_of([*(ROOT / "evaluation").rglob("*.py"), *HERE.glob("*.py")], ROOT, world)

    def jobs(self, worlds: Sequence[str], replications: int, done: Results) -> tuple[Job, ...]:
        """Return all kills."""
        del done
        digests = {world: self.digest(world) for world in worlds}
        return tuple(
            Job(NAME, world, str(number), digest)
            for number in range(1, replications + 1)
            for world, digest in digests.items()
        )

    def run(self, world: str, replication: str, seed: int) -> Mapping[str, object]:
        """Kill once and return what was found."""
        del replication
        return trial(world, seed)

    def section(self, worlds: Sequence[str], done: Results, stamp: Stamp) -> str:
        """Return the section of docs/validation.md."""
        faults = [fault for (world, _), one in done.items() if world in worlds
                  for fault in one["faults"]]  # fmt: skip
        told = "\n".join(f"- {fault}" for fault in sorted(set(faults)))
        return (
            "## Faults: killed at random\n\n"
            f"Commit {stamp}. {len(done)} kills (SIGKILL) of real processes, on a panel of 480 "
            "units, at times drawn uniformly over what the command takes, from its start or from "
            "the moment that its unfinished folder is there. Before each, outputs and a release of "
            "an earlier version stand; a command that had ended before its kill does not count. "
            "After the kill, and after the command was run again, everything must be whole: every "
            "file of the outputs as `result.json` lists it, of one version; every byte of the "
            "release one of the two that there can be, after a run the earlier one; the ledger's "
            "chain unbroken, with every release that stands. The second command must succeed and "
            "leave nothing unfinished. Seeds: the first six bytes of SHA-256 of "
            "`faults/<world>/<replication>`.\n\n"
            f"{self.summary(worlds, done)}\n\n"
            + (f"Not whole:\n\n{told}\n" if faults else "Nothing was ever less than whole.\n")
        )

    def summary(self, worlds: Sequence[str], done: Results) -> str:
        """Return the table."""
        lines = [
            "| killed | kills | the version before stands | the new one | left beside, and cleared "
            "by the next | not whole |",
            "|---|--:|--:|--:|--:|--:|",
        ]
        for world in worlds:
            found = [one for (name, _), one in sorted(done.items()) if name == world]
            counts = (
                len(found),
                sum(one["stands"] == "One" for one in found),
                sum(one["stands"] == "Two" for one in found),
                sum(one["left"] > 0 for one in found),
                sum(bool(one["faults"]) for one in found),
            )
            lines.append(f"| {WORLDS[world].title} | {' | '.join(map(str, counts))} |")
        return "\n".join(lines)

    def pages(self, worlds: Sequence[str], done: Results, stamp: Stamp) -> Mapping[str, str]:
        """Return no further pages."""
        del worlds, done, stamp
        return {}


PART = Faults()
