"""Every file of a release with its verdict; one that nobody judged does not leave."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation.errors import DisclosureError
from evaluation.release.files import ReleaseFile
from evaluation.release.policy import Policy
from evaluation.release.rules._least import ORDER
from evaluation.release.ruling import ruling_of_file
from evaluation.results import Ruled, Ruling

# What helps against a rule; anything else is mended by asking for less detail.
REMEDIES: Mapping[str, str] = {
    "sources": "name a policy for these rows in [disclosure]",
    "formats": "name a policy that lets the format leave",
    "differences": "leave out what differs, or ask for the very sample that was released",
    "population": "ask for a larger sample",
    "small_cells": "merge groups, or leave the table out of the spec",
    "recodes": "take the recoded column out of the spec",
}
OTHERWISE = "leave the number out of the spec, or ask for larger groups"


@dataclass(frozen=True)
class Judged:
    """A file and what the policy says of everything in it.

    Attributes
    ----------
    file
        The file.
    verdict
        The worst of its rulings; ``review`` where an artefact in it has none.
    against
        Rulings that are no pass.
    """

    file: ReleaseFile
    verdict: Ruled
    against: tuple[Ruling, ...] = ()


def judged_files(
    files: Iterable[ReleaseFile], rulings: Sequence[Ruling], policy: Policy
) -> tuple[Judged, ...]:
    """Return every file with its verdict: by its ending, and by the artefacts that it shows."""
    by_artefact: dict[str, list[Ruling]] = {}
    for ruling in rulings:
        by_artefact.setdefault(ruling.artefact, []).append(ruling)
    return tuple(_judged(one, by_artefact, policy) for one in files)


def _judged(
    file: ReleaseFile, by_artefact: Mapping[str, Sequence[Ruling]], policy: Policy
) -> Judged:
    said = [*ruling_of_file(file.path, policy)]
    for name in file.artefacts:
        said += by_artefact.get(name) or [_unruled(name)]
    against = tuple(one for one in said if one.verdict != "pass")
    verdict: Ruled = "pass"
    for one in against:
        verdict = max(verdict, one.verdict, key=ORDER.__getitem__)
    return Judged(file, verdict, against)


def _unruled(name: str) -> Ruling:
    said = f"{name}: no rule has spoken; a person must look"
    return Ruling(name, 0, "", "none", None, None, "review", said)


def refusals(judged: Iterable[Judged]) -> tuple[str, ...]:
    """Return one line for each artefact that fails: rule, measured, threshold, what to do."""
    first: dict[str, tuple[Ruling, int]] = {}
    for one in judged:
        for ruling in one.against:
            if ruling.verdict == "fail":
                kept, number = first.get(ruling.artefact, (ruling, 0))
                first[ruling.artefact] = kept, number + (ruling == kept)
    return tuple(_line(ruling) for ruling, _ in first.values())


def _line(ruling: Ruling) -> str:
    place = f" row {ruling.row}" if ruling.row else ""
    measured = "" if ruling.measured is None else f" {ruling.measured:g}"
    needed = "" if ruling.threshold is None else f" where {ruling.threshold:g} is needed"
    said = f"{ruling.artefact}{place}: fails {ruling.rule}{measured and ':'}{measured}{needed}"
    return f"{said} ({ruling.message}); {REMEDIES.get(ruling.rule, OTHERWISE)}"


def refuse_unjudged(folder: Path, judged: Iterable[Judged]) -> None:
    """Raise where a folder holds anything but the judged files, byte by byte.

    Raises
    ------
    DisclosureError
        One line for every other file.
    """
    known = {one.file.path: one.file.digest for one in judged}
    faults = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() and not path.is_symlink():
            continue
        if path.is_symlink() or name not in known:
            faults.append(f"{name}: nobody judged this file; it may not leave")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != known[name]:
            faults.append(f"{name}: is not the file that was judged; release again")
    if faults:
        raise DisclosureError(*faults)
