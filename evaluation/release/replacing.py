"""A folder replaced at once: a temporary one beside it is filled, then renamed into its place."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evaluation.errors import EnvironmentProblem


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """Give an empty folder that takes the place of ``folder`` if all goes well.

    Raises
    ------
    EnvironmentProblem
        Where a folder or a file in it cannot be written.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise _not_writable(folder.parent, error) from None
    try:
        try:
            yield fresh
            fresh.chmod(0o755)
            _swap(fresh, folder)
        except OSError as error:
            raise _not_writable(folder, error) from None
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _swap(fresh: Path, folder: Path) -> None:
    """Rename ``fresh`` into place; the old folder is moved aside first, and back if that fails."""
    if not folder.exists():
        fresh.rename(folder)
        return
    aside = fresh.with_name(f"{fresh.name}-old")
    folder.rename(aside)
    try:
        fresh.rename(folder)
    finally:
        # Also when interrupted between the two: what was there comes back.
        if not folder.exists():
            aside.rename(folder)
    shutil.rmtree(aside, ignore_errors=True)


def _not_writable(folder: Path, error: OSError) -> EnvironmentProblem:
    return EnvironmentProblem(
        f"{folder}: cannot be written ({error.strerror or type(error).__name__}); "
        "choose another folder with --out"
    )
