"""Who writes a folder: what a lock file says, and whether that process is still there."""

from __future__ import annotations

import datetime as dt
import os
import socket
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Owner:
    """A process that writes.

    Attributes
    ----------
    process
        Its number.
    host
        Its machine.
    since
        When it began to write, as a text.
    """

    process: int
    host: str
    since: str

    @property
    def text(self) -> str:
        """What the lock file holds."""
        return f"{self.process} {self.host} {self.since}\n"

    @property
    def here(self) -> bool:
        """Whether it runs on this machine."""
        return self.host == _host()

    def gone(self) -> bool:
        """Return whether it is known to have ended; of another machine nothing is known."""
        if not self.here or sys.platform == "win32":  # there, asking would end the process
            return False
        try:
            os.kill(self.process, 0)
        except ProcessLookupError:
            return True
        except PermissionError:  # somebody else's process
            return False
        return False


def this_process() -> Owner:
    """Return the process that asks."""
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    return Owner(os.getpid(), _host(), now)


def owner_of(text: str) -> Owner | None:
    """Return whom a lock file names, ``None`` where its process was killed before it said so."""
    words = text.split()
    if len(words) != 3 or not words[0].isdecimal() or not text.endswith("\n"):
        return None
    return Owner(int(words[0]), words[1], words[2])


def _host() -> str:
    return "".join(socket.gethostname().split()) or "unnamed"
