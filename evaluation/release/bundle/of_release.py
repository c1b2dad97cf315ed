"""What the bundle of a release is made of."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evaluation.release.bundle.at_hand import cells_at_hand
from evaluation.release.bundle.contents import Contents
from evaluation.release.bundle.lone import told_by
from evaluation.release.cells import ReleasedCells, releasable_cells
from evaluation.release.policy import Policy
from evaluation.release.protection import protection_of
from evaluation.release.suppression import Suppressed
from evaluation.release.writer import result_files
from evaluation.report.record import Record

PROPOSED = 2


def contents_of(
    record: Record,
    folder: Path,
    policy: Policy,
    *,
    suppressed: Suppressed,
    printed: Mapping[str, str],
    manifest: Mapping[str, Any],
) -> Contents:
    """Return the contents of a bundle: the cells of a run as the policy lets them leave.

    Parameters
    ----------
    record
        The run, as it is inside.
    folder
        Its outputs.
    policy
        Under which it leaves.
    suppressed
        The record as it leaves: counts that it hides are no sums of cells.
    printed
        Result files exactly as they are released, by name.
    manifest
        The manifest as it is released.

    Raises
    ------
    UsageError
        Where no cells of the run's inputs are kept.
    """
    inside = cells_at_hand(record, folder)
    left = None
    if inside is not None:
        given = inside
        left = releasable_cells(
            inside, policy, record, suppressed, lambda made: told_by(record.spec, given, made)
        )
    return Contents(
        spec=record.spec,
        printed=printed,
        held=result_files(record),
        inside=inside,
        released=None if left is None else left.gathered,
        protection=protection_of(policy),
        policy=policy.name,
        policy_text=policy.text,
        manifest=manifest,
        words={} if left is None else _words(left),
        instead={} if left is None else left.instead,
    )


def _words(left: ReleasedCells) -> dict[str, str]:
    """Return how each file of cells was protected, with coarser cells that could leave whole."""
    told = dict(left.words)
    for name, proposed in left.coarser.items():
        passing = [str(one) for one in proposed if one.passes][:PROPOSED]
        if passing and name in told and name not in left.instead:
            told[name] += f"; coarser cells that may leave whole: {' | '.join(passing)}"
    return told
