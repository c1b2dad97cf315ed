"""Find the spec that a word of the command line names."""

from __future__ import annotations

import tomllib
from pathlib import Path

from evaluation.release.bundle.read import is_bundle, read_bundle
from evaluation.spec.shipped import find_spec


def locate(name: str) -> Path:
    """Return a path as given where it exists, else the shipped spec of that id or path."""
    path = Path(name)
    try:
        if path.exists():
            return path
    except OSError:
        return path
    word = name.removeprefix("specs/")
    return find_spec(word.removesuffix(".toml")) or find_spec(word) or path


def spec_id_of(path: Path) -> str:
    """Return the id that a spec's text gives it, else its file name; faults are told later."""
    if is_bundle(path):
        return str(read_bundle(path).manifest["spec_id"])
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8-sig")).get("id")
    except (OSError, ValueError, RecursionError):
        return str(path)
    return found if isinstance(found, str) else str(path)
