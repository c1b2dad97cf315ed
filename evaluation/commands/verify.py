"""``verify``: run again, or estimate again from a bundle, and print what differs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from evaluation.commands.shown import text_table
from evaluation.commands.verify_bundle import verify_bundle_text
from evaluation.errors import UsageError, VerificationError
from evaluation.release.bundle.read import is_bundle
from evaluation.review.verify import TOLERANCE, Comparison, verify
from evaluation.spec.shipped import shipped

SHOWN = 20


def verify_folder(
    folder: Path, settings: Sequence[str], allowed: Sequence[Path], cells: Path | None = None
) -> str:
    """Return what a verification found of an output folder or a bundle, as text.

    Raises
    ------
    UsageError
        Where settings or cells are given for a bundle.
    VerificationError
        Where a number differs, with the first of them.
    """
    if is_bundle(folder):
        if settings or allowed or cells is not None:
            raise UsageError(
                f"verify {folder}: a bundle takes none of --set, --allow and --cells; new "
                f"questions are asked with: activity-duty run {folder} --set KEY=VALUE"
            )
        return verify_bundle_text(folder)
    compared = verify(_located(folder), settings=settings, allowed=allowed, cells=cells)
    differing = [one for one in compared if one.differs]
    if differing:
        table = text_table(
            ["number", "printed", "recomputed", "gap"], map(_cells, differing[:SHOWN])
        )
        raise VerificationError(
            f"{folder}: {len(differing)} of {len(compared)} numbers differ beyond "
            f"{TOLERANCE:g} of their error; the first are\n{table}"
        )
    largest = max((one.gap for one in compared if one.gap == one.gap), default=0.0)
    return (
        f"{folder}: {len(compared)} numbers recomputed, none differs "
        f"(tolerance {TOLERANCE:g} of the error; largest gap {largest:.2g})"
    )


def _located(folder: Path) -> Path:
    """Return a folder as given where it exists, else the shipped reference of that name."""
    carried = shipped("outputs/reference")
    if folder.exists() or carried is None or not (carried / folder.name).is_dir():
        return folder
    return carried / folder.name


def _cells(one: Comparison) -> tuple[str, str, str, str]:
    gap = "" if one.gap != one.gap else f"{one.gap:.3g}"
    return one.place, one.printed or "–", one.recomputed or "–", gap
