"""What was written is on the disk, not only on its way there."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def sync_tree(folder: Path) -> None:
    """Wait until every file and folder in ``folder``, and itself, is on the disk.

    Raises
    ------
    OSError
        Where the disk cannot take one.
    """
    for above, _, files in os.walk(folder, topdown=False):
        for name in sorted(files):
            path = Path(above) / name
            if not path.is_symlink():
                _sync(path)
        sync_folder(Path(above))


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk; Windows does so by itself."""
    if sys.platform != "win32":
        _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDWR if path.is_file() and sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
