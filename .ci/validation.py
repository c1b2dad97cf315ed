"""What the runner of validations and its parts have in common."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

Key = tuple[str, str]  # world and replication
Results = Mapping[Key, Any]

HEADER = """# Validation

What the estimators find where the truth is known. `make validate PART=...` writes this page: each \
part its own section, with the commit that it was run at; a section whose part was not run again \
stands as it was. Seeds are a hash of part, world and replication, never chosen, and every \
replication counts.
"""


@dataclass(frozen=True, slots=True)
class Job:
    """One replication.

    Attributes
    ----------
    digest
        Of the sources that the result depends on: another digest, another result.
    """

    part: str
    world: str
    replication: str
    digest: str

    @property
    def key(self) -> Key:
        """World and replication."""
        return self.world, self.replication


@dataclass(frozen=True, slots=True)
class Finished:
    """A replication and what came of it: anything that JSON holds."""

    job: Job
    result: Any
    seconds: float


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which code ran."""

    commit: str
    changed: bool

    def __str__(self) -> str:
        return f"{self.commit}{', with uncommitted changes' if self.changed else ''}"

    @classmethod
    def of(cls, commits: Mapping[str, Sequence[str]]) -> Stamp:
        """Return the stamp of worlds found at several commits, the most frequent one first."""
        at: dict[str, list[str]] = {}
        for world, found in commits.items():
            at.setdefault(" and ".join(found), []).append(world)
        first, *others = sorted(at, key=lambda commit: (-len(at[commit]), commit))
        told = [f"{', '.join(sorted(at[commit]))} at {commit}" for commit in others]
        return cls("; ".join([first, *told]), False)


class Part(Protocol):
    """A module's ``PART``."""

    replications: int

    def worlds(self) -> tuple[str, ...]:
        """Return all worlds of the part."""

    def digest(self, world: str) -> str:
        """Return a digest of everything that a replication of ``world`` depends on."""

    def jobs(self, worlds: Sequence[str], replications: int, done: Results) -> tuple[Job, ...]:
        """Return the replications wanted; ``done`` may show that more, or fewer, are."""

    def run(self, world: str, replication: str, seed: int) -> Any:
        """Run one replication."""

    def section(self, worlds: Sequence[str], done: Results, stamp: Stamp) -> str:
        """Return the part's section of the page, from its heading on."""

    def summary(self, worlds: Sequence[str], done: Results) -> str:
        """Return what the terminal shows at the end."""

    def pages(self, worlds: Sequence[str], done: Results, stamp: Stamp) -> Mapping[str, str]:
        """Return further pages by their name in docs."""


def seed_of(job: Job) -> int:
    """Return the seed: a hash of part, world and replication."""
    text = f"{job.part}/{job.world}/{job.replication}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "little")


class Store:
    """Finished replications, one JSON line each."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(
        self, worlds: Sequence[str], part: Part, standing: Sequence[str] = ()
    ) -> dict[Key, Any]:
        """Return the results of these worlds that the present sources would give again.

        Those of ``standing`` worlds are returned whatever sources gave them, the last one written.
        """
        return {key: row["result"] for key, row in self._rows(worlds, part, standing).items()}

    def commits(
        self, worlds: Sequence[str], part: Part, standing: Sequence[str] = ()
    ) -> dict[str, tuple[str, ...]]:
        """Return the commits at which the results of each of these worlds were found."""
        found: dict[str, set[str]] = {}
        for (world, _), row in self._rows(worlds, part, standing).items():
            found.setdefault(world, set()).add(row["commit"])
        return {world: tuple(sorted(commits)) for world, commits in found.items()}

    def _rows(
        self, worlds: Sequence[str], part: Part, standing: Sequence[str]
    ) -> dict[Key, dict[str, Any]]:
        if not self._path.exists():
            return {}
        digests = {world: part.digest(world) for world in worlds}
        found: dict[Key, dict[str, Any]] = {}
        for line in self._path.read_text(encoding="utf-8").splitlines():
            try:
                row = json.loads(line)
            except json.JSONDecodeError:
                continue  # the line being written when a run was ended
            if row["world"] not in digests:
                continue
            if row["world"] in standing or digests[row["world"]] == row["digest"]:
                found[row["world"], row["replication"]] = row
        return found

    def add(self, finished: Finished, commit: str) -> None:
        """Append one replication, on a line of its own whatever the file ends with."""
        job = finished.job
        row = {
            "world": job.world,
            "replication": job.replication,
            "digest": job.digest,
            "commit": commit,
            "seconds": round(finished.seconds, 2),
            "result": finished.result,
        }
        self._path.parent.mkdir(parents=True, exist_ok=True)
        torn = False
        if self._path.exists() and self._path.stat().st_size:
            with self._path.open("rb") as file:
                file.seek(-1, os.SEEK_END)
                torn = file.read(1) != b"\n"
        with self._path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(("\n" if torn else "") + json.dumps(row) + "\n")


def digest_of(paths: Sequence[Path], root: Path, *texts: str) -> str:
    """Return the SHA-256 of files, named relative to ``root``, and of texts."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"\0{path.relative_to(root).as_posix()}\0".encode())
        digest.update(path.read_bytes())
    for text in texts:
        digest.update(f"\0{text}".encode())
    return digest.hexdigest()[:16]


def with_section(path: Path, name: str, section: str) -> str:
    """Return a page with one part's section in place of what it had, sections by name."""
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    sections = dict(_sections(old))
    sections[name] = section.strip("\n")
    blocks = [f"{_begin(part)}\n\n{sections[part]}\n\n{_end(part)}" for part in sorted(sections)]
    return "\n".join([HEADER, *(f"{block}\n" for block in blocks)])


def _begin(name: str) -> str:
    return f"<!-- part {name} -->"


def _end(name: str) -> str:
    return f"<!-- end of part {name} -->"


def _sections(text: str) -> list[tuple[str, str]]:
    found, name, lines = [], "", list[str]()
    for line in text.splitlines():
        if line.startswith("<!-- part "):
            name, lines = line.removeprefix("<!-- part ").removesuffix(" -->"), []
        elif name and line == _end(name):
            found.append((name, "\n".join(lines).strip("\n")))
            name = ""
        else:
            lines.append(line)
    return found
