"""One process at a time writes a folder; what killed ones left beside it is cleared away."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evaluation.data.durable.beside import clear, lock_file, restore
from evaluation.data.durable.locks import NO_LOCKS, lock
from evaluation.data.durable.owner import Owner, owner_of, this_process
from evaluation.errors import EnvironmentProblem


class Occupied(EnvironmentProblem):
    """Another process writes the folder."""


# Seconds that another process is waited for.
PATIENCE = 5.0
PAUSE = 0.05

# What this process holds, by thread: a verb holds a folder, and so does what it calls.
_held: set[tuple[Path, int]] = set()


@contextmanager
def holding(folder: Path, *, patience: float | None = None) -> Iterator[None]:
    """Keep every other process from writing ``folder`` for as long as the context lasts.

    A hidden file beside it, ``.<name>.lock``, is locked and says who holds it. The lock is the
    operating system's and ends with the process, so that none is ever stale; where the file system
    keeps none, the file alone decides, and one whose process has ended is passed over. Whoever
    holds a folder may be sure that unfinished folders beside it belong to nobody: they are removed,
    and a folder that a killed process had moved aside is put back.

    Parameters
    ----------
    folder
        May not exist yet; the folder above is made.
    patience
        Seconds to wait for another process; a few by default.

    Raises
    ------
    Occupied
        Where another process holds it.
    EnvironmentProblem
        Where no file can be written beside it.
    """
    place = folder.resolve()
    key = place, threading.get_ident()
    if key in _held:
        yield
        return
    path = lock_file(place)
    handle = _taken(path, folder, PATIENCE if patience is None else patience)
    _held.add(key)
    try:
        restore(place)
        clear(place)
        yield
    finally:
        _held.discard(key)
        _let_go(path, handle)


def _taken(path: Path, folder: Path, patience: float) -> int:
    """Return the open lock file, held by this process."""
    until = time.monotonic() + patience
    while True:
        handle = _opened(path, folder)
        mine = False
        try:
            if mine := _free(handle) and _is(path, handle):
                os.ftruncate(handle, 0)
                os.lseek(handle, 0, os.SEEK_SET)
                os.write(handle, this_process().text.encode())
                return handle
            owner = _read(handle)
        except OSError as error:
            mine = False
            raise not_writable(folder, error) from None
        finally:
            if not mine:
                os.close(handle)
        if time.monotonic() > until:
            raise Occupied(_occupied(folder, path, owner))
        time.sleep(PAUSE)


def _opened(path: Path, folder: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise not_writable(folder, error) from None


def _free(handle: int) -> bool:
    """Return whether nobody else holds an open lock file; it is this process's from then on."""
    try:
        return lock(handle)
    except OSError as error:
        if error.errno not in NO_LOCKS:
            raise
        # Two that ask in the same instant could both find it free; nothing better is to be had.
        owner = _read(handle)
        return owner is None or owner.gone() or owner.process == os.getpid()


def _is(path: Path, handle: int) -> bool:
    """Return whether the file is still the one at its path; its last holder removed it, maybe."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def _read(handle: int) -> Owner | None:
    os.lseek(handle, 0, os.SEEK_SET)
    return owner_of(os.read(handle, 1000).decode("utf-8", "replace"))


def _let_go(path: Path, handle: int) -> None:
    # The file goes before its lock: who waits for it sees that it is another by now. Windows
    # removes no open file; there nobody else can have opened it when this fails.
    try:
        path.unlink()
    except OSError:
        os.close(handle)
        with contextlib.suppress(OSError):
            path.unlink()
    else:
        os.close(handle)


def _occupied(folder: Path, path: Path, owner: Owner | None) -> str:
    if owner is None:
        return (
            f"{folder}: another process writes it; wait until that ends, or choose another folder "
            "with --out"
        )
    elsewhere = "" if owner.here else f"; if {owner.host} was shut down, remove {path}"
    return (
        f"{folder}: process {owner.process} on {owner.host} writes it since {owner.since}; wait "
        f"until that ends, or choose another folder with --out{elsewhere}"
    )


def not_writable(folder: Path, error: OSError) -> EnvironmentProblem:
    """Return the line for a folder that could not be written."""
    return EnvironmentProblem(
        f"{folder}: cannot be written ({error.strerror or type(error).__name__}); "
        "choose another folder with --out"
    )
