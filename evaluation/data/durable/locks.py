"""A lock of the operating system on an open file: it ends with the process, however that ends."""

from __future__ import annotations

import errno
import os
import sys

# Of file systems that keep no locks, as some of clusters do not.
NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP)
HELD = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
# Beyond what anybody writes into the file, so that the others may read it.
PLACE = 1 << 30


def lock(handle: int) -> bool:
    """Lock an open file, without waiting; return whether no other process holds it.

    Raises
    ------
    OSError
        Where it cannot be locked; where the file system keeps no locks, its number is one of
        ``NO_LOCKS``.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(handle, PLACE, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in HELD:
            raise
        return False
    return True
