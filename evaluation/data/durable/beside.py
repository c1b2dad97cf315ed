"""What stands beside a folder while it is written: its lock, unfinished folders, the one before."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

# As tempfile draws them.
DRAWN = r"[a-z0-9_]{8}"
OLD = "-old"


def lock_file(folder: Path) -> Path:
    """Return the file that is locked while a folder is written."""
    return folder.with_name(f".{folder.name}.lock")


def unfinished(folder: Path) -> Path:
    """Make an empty hidden folder beside ``folder``, readable by its owner alone."""
    return Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))


def old_of(fresh: Path) -> Path:
    """Return where the folder before is moved aside, for an unfinished one that replaces it."""
    return fresh.with_name(f"{fresh.name}{OLD}")


def is_beside(name: str) -> bool:
    """Return whether a name is one of those that stand beside a folder only while it is written."""
    return re.fullmatch(rf"\..+(\.lock|-{DRAWN}({OLD})?)", name) is not None


def clear(folder: Path) -> None:
    """Remove unfinished folders beside ``folder``; only whoever holds it may do so."""
    for path in _siblings(folder, ""):
        shutil.rmtree(path, ignore_errors=True)


def restore(folder: Path) -> None:
    """Put back the folder before where a process was killed between moving it and its follower.

    A folder that stands aside under this name is always whole: it gets another name before it is
    removed.
    """
    for path in _siblings(folder, OLD):
        if folder.exists():
            discard(path)
        else:
            path.rename(folder)


def discard(old: Path) -> None:
    """Remove a folder that was moved aside; if that ends half way, nobody puts back the rest."""
    fresh = old.with_name(old.name.removesuffix(OLD))
    old.rename(fresh)
    shutil.rmtree(fresh, ignore_errors=True)


def _siblings(folder: Path, ending: str) -> list[Path]:
    pattern = re.compile(rf"\.{re.escape(folder.name)}-{DRAWN}{ending}")
    found = [path for path in folder.parent.iterdir() if pattern.fullmatch(path.name)]
    return sorted(path for path in found if path.is_dir() and not path.is_symlink())
