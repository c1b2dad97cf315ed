"""The ledger of releases: which samples have left, so that none is subtracted from another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.errors import DataError
from evaluation.release.chain import append_to, read_chain
from evaluation.release.samples import Sample, as_line

FOLDER = ".releases"
FILE = "ledger.jsonl"
SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Entry:
    """One release that has left, or was about to.

    Attributes
    ----------
    spec_id, released
        Which spec, and the digest of everything in its release.
    when
        Moment as ``2026-01-31T12:00:00+00:00``.
    policy
        Name and digest of the policy, and who signed where somebody had to.
    samples
        What stands behind its numbers.
    """

    spec_id: str
    released: str
    when: str
    policy: Mapping[str, Any]
    samples: tuple[Sample, ...]


@dataclass(frozen=True)
class Ledger:
    """Every release of a folder of outputs, in its order."""

    entries: tuple[Entry, ...] = ()

    def holds(self, spec_id: str, released: str) -> bool:
        """Whether the same release stands in it already."""
        return any((one.spec_id, one.released) == (spec_id, released) for one in self.entries)


def ledger_path(outputs: Path) -> Path:
    """Return the ledger of a folder of outputs."""
    return outputs / FOLDER / FILE


def read_ledger(outputs: Path) -> Ledger:
    """Return the ledger of a folder of outputs, empty where nothing has left it.

    Raises
    ------
    DataError
        Where it is not as it was written.
    """
    path = ledger_path(outputs)
    return Ledger(tuple(_entry(path, line) for line in read_chain(path)))


def record_release(outputs: Path, entry: Entry) -> None:
    """Append a release to the ledger, unless the very same stands in it.

    Called before the release takes its place: what is killed in between has left nothing, and the
    ledger knows of more than there is, never of less.

    Raises
    ------
    DataError
        Where the ledger is not whole.
    EnvironmentProblem
        Where it cannot be written.
    """
    if read_ledger(outputs).holds(entry.spec_id, entry.released):
        return
    line = {
        "schema_version": SCHEMA_VERSION,
        "spec_id": entry.spec_id,
        "released": entry.released,
        "when": entry.when,
        "policy": dict(entry.policy),
        "samples": [as_line(one) for one in _distinct(entry.samples)],
    }
    append_to(ledger_path(outputs), line)


def _distinct(samples: Sequence[Sample]) -> tuple[Sample, ...]:
    """Return samples without those of equal definition and sizes."""
    return tuple({(one.statistic, one.definition, one.sizes): one for one in samples}.values())


def _entry(path: Path, line: Mapping[str, Any]) -> Entry:
    if line.get("schema_version") != SCHEMA_VERSION:
        raise DataError(
            f"{path}: holds a line of another version of this program; use that version"
        )
    samples = tuple(Sample(**one) for one in line["samples"])
    return Entry(line["spec_id"], line["released"], line["when"], line["policy"], samples)
