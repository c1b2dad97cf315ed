"""Which code ran: the commit of a checkout, or the version of an installed package."""

from __future__ import annotations

import importlib.metadata
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def code_version() -> dict[str, str | bool | None]:
    """Return version, commit and whether the checkout has changes; none outside a checkout."""
    try:
        version: str | None = importlib.metadata.version("activity-duty")
    except importlib.metadata.PackageNotFoundError:
        version = None
    commit = _git("rev-parse", "HEAD") if (ROOT / ".git").exists() else None
    changed = None if commit is None else bool(_git("status", "--porcelain", "-uno"))
    return {"version": version, "commit": commit, "changed": changed}


def _git(*words: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(ROOT), *words],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
