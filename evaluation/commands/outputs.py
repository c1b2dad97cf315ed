"""Whether outputs can be written, asked before anything is read or estimated."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from evaluation.errors import EnvironmentProblem


def refuse_unwritable(folder: Path) -> None:
    """Raise where ``folder`` could not be made or replaced; nothing is made yet.

    Raises
    ------
    EnvironmentProblem
        Where a file stands in its place or above it, or a folder above it cannot be written.
    """
    above = folder if os.path.lexists(folder) else _standing(folder.parent)
    if not above.is_dir():
        raise EnvironmentProblem(
            f"{above}: is a file where a folder for outputs should be; move it away, or choose "
            "another folder with --out"
        )
    if not os.access(above, os.W_OK | os.X_OK):
        raise EnvironmentProblem(f"{above}: cannot be written; choose another folder with --out")


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    Raises
    ------
    EnvironmentProblem
        Where it cannot be written.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(content)
        partial.replace(path)
    except OSError as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise EnvironmentProblem(
            f"{path}: cannot be written ({error.strerror or type(error).__name__}); name another "
            "file with --out"
        ) from None


def _standing(folder: Path) -> Path:
    """Return the nearest folder above that exists."""
    while not os.path.lexists(folder) and folder != folder.parent:
        folder = folder.parent
    return folder
