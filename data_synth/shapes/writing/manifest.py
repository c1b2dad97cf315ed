"""What a delivery says of itself: files, rows, units and traps, summed over its parts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data_synth.shapes.traps.touched import Touched

if TYPE_CHECKING:
    from data_synth.world.schema import World

PARTS = ".parts"
NAME = "delivery.json"

Counts = Mapping[str, Mapping[str, int]]


def note_part(folder: Path, part: str, files: Counts, touched: Iterable[Touched]) -> None:
    """Keep what one part holds until the delivery is closed.

    Parameters
    ----------
    folder
        Folder of the delivery.
    part
        Name of the part.
    files
        Rows and units by file. A person is in one part alone, so both may be summed.
    touched
        What the traps touched.
    """
    notes = folder / PARTS
    notes.mkdir(parents=True, exist_ok=True)
    _write(notes / f"{part}.json", {"files": files, "traps": _by_trap(touched)})


def close_delivery(
    folder: Path,
    world: World,
    head: Mapping[str, Any],
    files: Counts,
    touched: Iterable[Touched],
) -> Path:
    """Write ``delivery.json``: the parts' counts summed, and those of the reference tables.

    Parameters
    ----------
    folder
        Folder of the delivery.
    world
        The world simulated.
    head
        What stands first: the shape, the format, its tables as they are declared.
    files, touched
        Of the reference tables.
    """
    notes = folder / PARTS
    sums: dict[str, dict[str, dict[str, int]]] = {"files": {}, "traps": {}}
    parts = sorted(notes.glob("*.json"))
    for note in parts:
        _add(sums, json.loads(note.read_text(encoding="utf-8")))
        note.unlink()
    if notes.exists():
        notes.rmdir()
    _add(sums, {"files": files, "traps": _by_trap(touched)})
    rates = world.traps.model_dump()
    world_facts = {"world": world.name, "world_digest": world.digest, "parts": len(parts)}
    target = folder / NAME
    _write(target, {**head, **world_facts, "trap_rates": rates, **sums})
    return target


def _by_trap(touched: Iterable[Touched]) -> dict[str, dict[str, int]]:
    return {
        f"{one.trap}/{one.table}": {"rows": one.rows, "persons": one.persons} for one in touched
    }


def _add(sums: dict[str, dict[str, dict[str, int]]], more: Mapping[str, Counts]) -> None:
    for section, counts in more.items():
        for name, numbers in counts.items():
            into = sums[section].setdefault(name, dict.fromkeys(numbers, 0))
            for key, number in numbers.items():
                into[key] += number


def _write(path: Path, content: Mapping[str, Any]) -> None:
    text = json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False)
    path.write_text(f"{text}\n", encoding="utf-8", newline="\n")
