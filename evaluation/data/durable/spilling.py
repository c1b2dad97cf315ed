"""Folders that a query engine spills rows to: one a connection, gone with the process."""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import shutil
import tempfile
from itertools import count
from pathlib import Path

from evaluation.data.durable.beside import DRAWN
from evaluation.data.durable.locks import NO_LOCKS, lock
from evaluation.errors import EnvironmentProblem

NAME, LOCK = "activity-duty-spill-", ".lock"

# Folder and open lock of a process, by where it lies and the process: one that was forked has its
# own.
_own: dict[tuple[Path, int], tuple[Path, int]] = {}
_numbers = count()


def own_spill(above: Path | None = None) -> Path:
    """Return a folder, not there yet, that one connection may spill to.

    DuckDB names spilled files alike in every process, and removes those of others when it closes:
    two connections that share a folder take each other's rows. The folder lies in one of this
    process, which its owner alone can read and which goes when the process ends. A process that is
    killed leaves its own, with rows; the next to spill below ``above`` removes it. It is told from
    those of living processes by a lock of the operating system, which ends with its process; where
    the file system keeps none, or the folder is another user's, it is left alone.

    Parameters
    ----------
    above
        Made where there is none; by default the system's folder for temporary files.

    Raises
    ------
    EnvironmentProblem
        Where nothing can be written there.
    """
    place = Path(tempfile.gettempdir()) if above is None else above.absolute()
    key = place, os.getpid()
    if key not in _own or not _own[key][0].is_dir():
        try:
            place.mkdir(parents=True, exist_ok=True)
            _clear(place)
            _own[key] = _made(place)
        except OSError as error:
            raise EnvironmentProblem(
                f"{place}: cannot be written ({error.strerror}); name a spill folder with room"
            ) from None
    return _own[key][0] / str(next(_numbers))


def end_spilling() -> None:
    """Remove every folder of this process, as its end does; no connection may spill any more."""
    for key in [key for key in _own if key[1] == os.getpid()]:
        _remove(*_own.pop(key))


atexit.register(end_spilling)


def _made(place: Path) -> tuple[Path, int]:
    """Make a folder of this process; its lock is held before it is there."""
    while True:
        handle, name = tempfile.mkstemp(prefix=NAME, suffix=LOCK, dir=place)
        path = Path(name)
        if _locked(handle) is not False and _is(path, handle):
            break
        os.close(handle)  # another process took it for that of a killed one
    folder = path.with_suffix("")
    folder.mkdir(mode=0o700)
    return folder, handle


def _clear(place: Path) -> None:
    """Remove what killed processes of this user left."""
    pattern = re.compile(re.escape(NAME) + DRAWN + re.escape(LOCK))
    for path in place.iterdir():
        if not pattern.fullmatch(path.name) or path.is_symlink():
            continue
        try:
            handle = os.open(path, os.O_RDWR)
        except OSError:  # another user's, or gone by now
            continue
        if _mine(handle) and _locked(handle) and _is(path, handle):
            _remove(path.with_suffix(""), handle)
        else:
            os.close(handle)


def _remove(folder: Path, handle: int) -> None:
    """Remove a folder and its lock, which is held until nothing is left."""
    shutil.rmtree(folder, ignore_errors=True)  # follows no link
    path = folder.with_name(f"{folder.name}{LOCK}")
    if folder.exists():  # what could not be removed is told by its lock to the next
        os.close(handle)
        return
    with contextlib.suppress(OSError):
        path.unlink()
    os.close(handle)
    with contextlib.suppress(OSError):  # Windows removes no open file
        path.unlink()


def _locked(handle: int) -> bool | None:
    """Return whether no other process holds the lock; ``None`` where there are no locks."""
    try:
        return lock(handle)
    except OSError as error:
        if error.errno not in NO_LOCKS:
            raise
        return None


def _mine(handle: int) -> bool:
    return not hasattr(os, "getuid") or os.fstat(handle).st_uid == os.getuid()


def _is(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False
