"""``world.json``: what a delivery holds, and the mark by which a later one may replace it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from data_synth.stream.request import Request
from data_synth.stream.writers import File
from evaluation.errors import UsageError

NAME = "world.json"
KIND = "activity-duty synth"
SCHEMA_VERSION = 1


def manifest_text(
    request: Request,
    rows: int,
    persons: int,
    files: Sequence[File],
    program: Mapping[str, str | bool | None],
) -> str:
    """Return the manifest of a delivery as JSON; it depends on no clock and no machine.

    Parameters
    ----------
    rows, persons
        Person-months in the data, and persons with any.
    files
        All of the delivery but this one.
    program
        Version and commit.
    """
    begun, ended = request.window
    content = {
        "kind": KIND,
        "schema_version": SCHEMA_VERSION,
        "world": {"name": request.world.name, "digest": request.world.digest},
        "persons": request.persons,
        "seed": request.seed,
        "window": [f"{begun:%Y-%m}", f"{ended:%Y-%m}"],
        "ages": list(request.ages),
        "policy": request.policy,
        "shape": request.shape,
        "format": request.format,
        "columns": list(request.columns) or None,
        "program": dict(program),
        "person_months": rows,
        "persons_in_data": persons,
        "files": [vars(file) for file in files],
    }
    return json.dumps(content, indent=1) + "\n"


def refuse_foreign(folder: Path, shape: str) -> None:
    """Raise where a folder holds anything but an earlier delivery of the same shape.

    Raises
    ------
    UsageError
        Naming one thing that would be lost.
    """
    if not folder.is_dir():
        return
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    if not found:
        return
    earlier = _read(folder / NAME)
    if earlier is None:
        raise UsageError(
            f"{folder}: is not empty and holds no delivery of this command; choose another folder "
            "with --out"
        )
    if earlier.get("shape") != shape:
        raise UsageError(
            f"{folder}: holds the shape {earlier.get('shape')}, which {shape} would replace; "
            "choose another folder with --out"
        )
    foreign = sorted(found - {NAME, *(str(file.get("path")) for file in earlier["files"])})
    if foreign:
        raise UsageError(
            f"{folder}: holds {foreign[0]} beside an earlier delivery; move it away, or choose "
            "another folder with --out"
        )


def _read(path: Path) -> dict[str, Any] | None:
    """Return the manifest of an earlier delivery, or none where there is no whole one."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(content, dict) or content.get("kind") != KIND:
        return None
    files = content.get("files")
    whole = isinstance(files, list) and all(isinstance(file, dict) for file in files)
    return content if whole else None
