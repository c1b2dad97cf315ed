"""The digest of a large file, remembered for as long as the file is the same."""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path

from evaluation.data.hashing import file_digest

FOLDER = "digests"
# A file changed this recently may change again within the same tick of the clock.
SETTLED_SECONDS = 2.0


def remembered_digest(path: Path, memory: Path | None) -> str:
    """Return the SHA-256 of a file, from memory if size, times and inode are those of then.

    The time of the last change of the inode is among them, which no program sets: a file that was
    given its old size and date back is read again.

    Parameters
    ----------
    path
        The file.
    memory
        Folder that remembers; ``None`` reads the file every time.
    """
    if memory is None:
        return file_digest(path)
    found = path.stat()
    state = [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]
    name = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:32]
    note = memory / FOLDER / f"{name}.json"
    try:
        known = json.loads(note.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = None
    if isinstance(known, dict) and known.get("state") == state:
        return str(known["sha256"])
    digest = file_digest(path)
    if time.time() - found.st_ctime > SETTLED_SECONDS:
        _remember(note, {"state": state, "sha256": digest})
    return digest


def _remember(note: Path, known: dict[str, object]) -> None:
    """Write a note whole; where that fails nothing is lost but time."""
    try:
        note.parent.mkdir(parents=True, exist_ok=True)
        # One name for all: what a killed process left is written over, and two write the same.
        fresh = note.with_name(f".{note.name}.partial")
        fresh.write_text(json.dumps(known), encoding="utf-8")
        fresh.replace(note)
    except OSError:
        return
