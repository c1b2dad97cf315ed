"""Find what travels with the program: specs, reference outputs, the lock file."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
# What a checkout calls by its path from the root, a wheel carries under ``_share``.
WHEEL_NAMES = {"outputs/reference": "reference"}


def shipped(name: str) -> Path | None:
    """Return a shipped file or folder, ``None`` where this installation has none.

    Parameters
    ----------
    name
        ``specs``, ``outputs/reference`` or ``requirements.lock``.
    """
    carried = PACKAGE / "_share" / WHEEL_NAMES.get(name, name)
    checkout = PACKAGE.parent / name
    return next((path for path in (carried, checkout) if path.exists()), None)


def find_spec(spec_id: str) -> Path | None:
    """Return the shipped spec of that id, or of that path below ``specs``."""
    folder = shipped("specs")
    if folder is None:
        return None
    below = folder / spec_id
    if below.suffix == ".toml" and below.is_file():
        return below
    return next(iter(sorted(folder.rglob(f"{spec_id}.toml"))), None)
