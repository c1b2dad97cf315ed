"""What would leave: results after suppression, every file of them judged, in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from evaluation.data.durable.replacing import replacing
from evaluation.release.acro_layout import acro_files
from evaluation.release.differencing import differences
from evaluation.release.files import ReleaseFile, leaving, manifest_file, release_files
from evaluation.release.judged import Judged, judged_files, refuse_unjudged
from evaluation.release.ledger import Ledger
from evaluation.release.policy import Policy
from evaluation.release.readme import readme_file
from evaluation.release.ruling import rulings_of
from evaluation.release.samples import Sample, samples_of
from evaluation.release.suppression import Suppressed, suppress
from evaluation.release.unrecorded import digest_of_files
from evaluation.report.csvs import csv_text
from evaluation.report.record import Record
from evaluation.results import Ruling

FOLDER = "release"
# Further files of a release, made from what leaves: a bundle.
Further = Callable[[Suppressed, Sequence[ReleaseFile]], Iterable[ReleaseFile]]


def alone(suppressed: Suppressed, files: Sequence[ReleaseFile]) -> Iterable[ReleaseFile]:
    """Return no further file."""
    del suppressed, files
    return ()


@dataclass(frozen=True)
class Candidate:
    """A release before anybody lets it leave.

    Attributes
    ----------
    policy
        Under which.
    rulings
        On every number of the run, before anything was suppressed.
    suppressed
        What would leave, and what is left out of it.
    judged
        Every file, with its verdict after suppression.
    samples
        What stands behind the numbers that would leave.
    """

    policy: Policy
    rulings: tuple[Ruling, ...]
    suppressed: Suppressed
    judged: tuple[Judged, ...]
    samples: tuple[Sample, ...]

    @property
    def record(self) -> Record:
        """The record as it would leave."""
        return self.suppressed.record

    @cached_property
    def released(self) -> str:
        """Digest of every file."""
        return digest_of_files({one.file.path: one.file.digest for one in self.judged})

    @cached_property
    def signed(self) -> str:
        """Digest of what a checker signs: every file, every verdict on it, and the policy."""
        against = csv_text(Ruling, [ruling for one in self.judged for ruling in one.against])
        text = f"{self.released}\n{self.policy.digest}\n{against}"
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def review(self) -> tuple[Judged, ...]:
        """Files that a person must look at."""
        return tuple(one for one in self.judged if one.verdict == "review")


def candidate_of(
    record: Record,
    policy: Policy,
    ledger: Ledger,
    others: Sequence[Record] = (),
    further: Further = alone,
) -> Candidate:
    """Return the release of a record as it would leave.

    Parameters
    ----------
    record
        What the run wrote, as ``report/reading.py`` reads it.
    policy
        Under which it would leave.
    ledger
        What has left before.
    others
        Runs beside it that have not left.
    further
        Further files from the suppressed record and the files so far.
    """
    # Only what comes too close within the run is left out. What comes too close to an earlier
    # release stays, and the release fails by it: its sample is that of the numbers beside it.
    own = (*rulings_of(record, policy), *differences(record, Ledger(), policy))
    suppressed = suppress(record, own, policy)
    suppressed = replace(suppressed, record=leaving(suppressed.record))
    left = suppressed.record
    behind = _behind(record, left)
    close = differences(behind, ledger, policy, others)
    outside = (*rulings_of(left, policy, released=True), *close)
    files = release_files(left, policy, suppressed.withheld)
    files = (*files, *further(suppressed, files))
    judged = judged_files(files, outside, policy)
    files = (*files, *acro_files(left, judged))
    files = (*files, readme_file(left, policy, files))
    files = (*files, manifest_file(left, policy, files))
    judged = judged_files(files, outside, policy)
    return Candidate(policy, (*own, *close), suppressed, judged, samples_of(behind))


def _behind(inside: Record, left: Record) -> Record:
    """Return the run with the numbers that would leave alone: sizes of samples as they are."""
    rows = zip(inside.estimates, left.estimates, strict=True)
    return replace(
        inside,
        estimates=tuple(kept if kept.estimate is None else own for own, kept in rows),
    )


def write_release(candidate: Candidate, folder: Path) -> Path:
    """Put a release in place of the one before, at once, and return its folder.

    Raises
    ------
    DisclosureError
        Where a file is there that nobody judged.
    EnvironmentProblem
        Where it cannot be written.
    """
    return write_files(candidate, folder / FOLDER)


def write_files(candidate: Candidate, place: Path) -> Path:
    """Write every file of a candidate to a folder, at once.

    Raises
    ------
    DisclosureError
        Where a file is there that nobody judged.
    EnvironmentProblem
        Where it cannot be written.
    """
    with replacing(place, durable=True) as fresh:
        for one in candidate.judged:
            path = fresh / one.file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(one.file.content)
        refuse_unjudged(fresh, candidate.judged)
    return place
