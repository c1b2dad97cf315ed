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
    found = (
        path
        for path in shipped_specs()
        if folder is not None and spec_id in (path.stem, path.relative_to(folder).as_posix())
    )
    return next(found, None)


def shipped_specs() -> tuple[Path, ...]:
    """Return the paths of every shipped spec, sorted; policies stand among them and are none."""
    folder = shipped("specs")
    found = () if folder is None else folder.rglob("*.toml")
    return tuple(sorted(path for path in found if path.parent.name != "policies"))
