"""A folder replaced at once: a temporary one beside it is filled, then takes its place."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evaluation.data.durable.beside import clear, discard, old_of, unfinished
from evaluation.data.durable.exchanging import exchange
from evaluation.data.durable.holding import holding, not_writable
from evaluation.data.durable.syncing import sync_folder, sync_tree


@contextmanager
def replacing(folder: Path, *, durable: bool = False) -> Iterator[Path]:
    """Give an empty folder that takes the place of ``folder`` if all goes well.

    A process that is killed, whenever that is, leaves the folder before or the one after, each
    whole, and beside it at most what the next one clears away. On Linux the two change places in
    one step. Elsewhere there is a moment between two renames at which neither is there: whoever is
    killed in it leaves the folder before aside, and the next to hold the folder puts it back.

    Parameters
    ----------
    folder
        May not exist yet. A link is followed: what it leads to is replaced.
    durable
        Whether everything is on the disk before the folder takes its place, so that a loss of power
        does no more than a kill. Costs milliseconds a file.

    Raises
    ------
    EnvironmentProblem
        Where a folder or a file in it cannot be written, or another process writes it.
    """
    with holding(folder):
        place = folder.resolve()
        try:
            yield from _filled(folder, place, durable)
        finally:
            # By name, also where a request to end came before the new folder was known here.
            with contextlib.suppress(OSError):
                clear(place)


def _filled(folder: Path, place: Path, durable: bool) -> Iterator[Path]:
    """Give an empty folder and put it into place once it is filled."""
    try:
        fresh = unfinished(place)
    except OSError as error:
        raise not_writable(folder.parent, error) from None
    try:
        yield fresh
        fresh.chmod(0o755)
        if durable:
            sync_tree(fresh)
        _swap(fresh, place)
        if durable:
            sync_folder(place.parent)
    except OSError as error:
        raise not_writable(folder, error) from None


def _swap(fresh: Path, place: Path) -> None:
    """Put ``fresh`` into place; what was there is removed, or back in place if that fails."""
    if not os.path.lexists(place):
        fresh.rename(place)
        return
    if exchange(fresh, place):
        return
    old = old_of(fresh)
    place.rename(old)
    try:
        fresh.rename(place)
    finally:
        # Also when interrupted between the two: what was there comes back.
        if not place.exists():
            old.rename(place)
    discard(old)
