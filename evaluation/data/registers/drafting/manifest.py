"""What a synthetic delivery says of itself."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DELIVERY, WORLD = "delivery.json", "world.json"


@dataclass(frozen=True, slots=True)
class Declared:
    """What is declared of a delivery; empty of one that says nothing.

    Attributes
    ----------
    shape
        Its layout.
    open_end
        What a missing end means, by table.
    first, last
        Months that it covers.
    ages
        Completed years of its persons.
    """

    shape: str = ""
    open_end: Mapping[str, str] = field(default_factory=dict)
    first: dt.date | None = None
    last: dt.date | None = None
    ages: tuple[int, int] | None = None


def declared_of(folder: Path) -> Declared:
    """Return what ``delivery.json`` in the folder, and ``world.json`` beside it, declare."""
    said = _json(folder / DELIVERY)
    tables = said.get("tables")
    shape = said.get("shape")
    if not isinstance(tables, dict) or not isinstance(shape, str):
        return Declared()
    ends = {
        name: one["open_end"]
        for name, one in tables.items()
        if isinstance(one, dict) and one.get("open_end") in ("ongoing", "drop", "error")
    }
    world = _json(folder.parent / WORLD)
    if world.get("shape") != shape:
        return Declared(shape, ends)
    months = [_month(one) for one in world.get("window") or ()]
    ages = [one for one in world.get("ages") or () if isinstance(one, int)]
    return Declared(
        shape,
        ends,
        months[0] if len(months) == 2 else None,
        months[1] if len(months) == 2 else None,
        (ages[0], ages[1]) if len(ages) == 2 else None,
    )


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _month(text: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
