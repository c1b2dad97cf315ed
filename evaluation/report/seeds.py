"""Every seed that a spec names."""

from __future__ import annotations

from typing import Any

from evaluation.spec.spec import Spec


def seeds_of(spec: Spec) -> dict[str, int]:
    """Return every seed of a spec by its key path."""
    return _seeds(dict(spec.origin.raw))


def _seeds(value: Any, path: str = "") -> dict[str, int]:
    found: dict[str, int] = {}
    items: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, tuple | list):
        items = list(enumerate(value, start=1))
    for key, item in items:
        where = f"{path}.{key}".removeprefix(".")
        if key == "seed" and isinstance(item, int):
            found[where] = item
        found.update(_seeds(item, where))
    return found
