"""The bundle as one more file of a release."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from evaluation.release.assemble import Further
from evaluation.release.bundle.at_hand import cells_at_hand
from evaluation.release.bundle.contents import Contents
from evaluation.release.bundle.write import bundle_of
from evaluation.release.cells import releasable_cells
from evaluation.release.files import ReleaseFile, released_manifest
from evaluation.release.policy import Policy
from evaluation.release.protection import protection_of
from evaluation.release.suppression import Suppressed
from evaluation.report.record import Record

NAME = "bundle.zip"
PRINTED = ("estimates.csv", "details.csv", "checks.csv", "specifications.csv")


def bundled(record: Record, policy: Policy, folder: Path) -> Further:
    """Return what makes the bundle of a release from its other files.

    Parameters
    ----------
    record
        The run, before suppression.
    policy
        Under which it leaves.
    folder
        Outputs of the run; cells are looked for in and beside it.
    """

    def further(suppressed: Suppressed, files: Sequence[ReleaseFile]) -> Iterator[ReleaseFile]:
        inside = cells_at_hand(record, folder)
        left = None if inside is None else releasable_cells(inside, policy)
        contents = Contents(
            spec=record.spec,
            printed={one.path: one.content.decode() for one in files if one.path in PRINTED},
            inside=inside,
            released=None if left is None else left.gathered,
            protection=protection_of(policy),
            policy=policy.name,
            policy_text=policy.text,
            manifest=released_manifest(suppressed.record, policy, files),
            words={} if left is None else left.words,
        )
        shown = tuple(dict.fromkeys(name for one in files for name in one.artefacts
                                    if one.path in PRINTED))  # fmt: skip
        yield ReleaseFile(NAME, bundle_of(contents).content, (*shown, "flow"))

    return further
