"""Two folders change places in one step, where the system can do that."""

from __future__ import annotations

import ctypes
import errno
import os
from functools import cache
from pathlib import Path
from typing import Any

# <linux/fs.h>, <fcntl.h>: a path that is not absolute counts from the working folder.
RENAME_EXCHANGE = 2
AT_FDCWD = -100
# The kernel, or the file system, has no such call.
UNKNOWN = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM)


def exchange(one: Path, other: Path) -> bool:
    """Let two folders of one file system change places; return whether the system could.

    Whoever looks finds at each path one of the two, whole, at every moment: Linux does it in one
    step (renameat2 with ``RENAME_EXCHANGE``). ``False`` elsewhere, and nothing is moved.

    Raises
    ------
    OSError
        Where the system can, and did not.
    """
    call = _renameat2()
    if call is None:
        return False
    if not call(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE):
        return True
    number = ctypes.get_errno()
    if number in UNKNOWN:
        return False
    raise OSError(number, os.strerror(number), str(other))


@cache
def _renameat2() -> Any:
    """Return the call of the C library, ``None`` where it has none."""
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError, TypeError):  # another system, or a library of before 2018
        return None
    call.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
    return call
