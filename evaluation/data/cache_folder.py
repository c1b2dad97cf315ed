"""Where results that are dear to compute are remembered between runs."""

from __future__ import annotations

import os
import sys
from pathlib import Path

VARIABLE = "ACTIVITY_DUTY_CACHE"
NAME = "activity-duty"


def cache_folder() -> Path | None:
    """Return the folder named by ``ACTIVITY_DUTY_CACHE``, else the platform's for this user.

    ``None`` where there is neither. The folder may not exist yet, and may be emptied at any time.
    """
    if named := os.environ.get(VARIABLE):
        return Path(named)
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return Path(local) / NAME / "cache" if local else None
    home = _home()
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / NAME if home else None
    shared = os.environ.get("XDG_CACHE_HOME")
    if shared and Path(shared).is_absolute():
        return Path(shared) / NAME
    return home / ".cache" / NAME if home else None


def _home() -> Path | None:
    try:
        return Path.home()
    except RuntimeError:  # a user without a home
        return None
