"""The bundle as one more file of a release."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from evaluation.release.assemble import Further
from evaluation.release.bundle.of_release import contents_of
from evaluation.release.bundle.write import bundle_of
from evaluation.release.files import ReleaseFile, released_manifest
from evaluation.release.policy import Policy
from evaluation.release.suppression import Suppressed
from evaluation.report.record import Record

NAME = "bundle.zip"
PRINTED = ("estimates.csv", "details.csv", "checks.csv", "specifications.csv", "worth.csv")


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
        contents = contents_of(
            record,
            folder,
            policy,
            suppressed=suppressed,
            printed={one.path: one.content.decode() for one in files if one.path in PRINTED},
            manifest=released_manifest(suppressed.record, policy, files),
        )
        shown = tuple(dict.fromkeys(name for one in files for name in one.artefacts
                                    if one.path in PRINTED))  # fmt: skip
        yield ReleaseFile(NAME, bundle_of(contents).content, (*shown, "flow"))

    return further
