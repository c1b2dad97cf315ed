"""Staged tables kept between runs: under a digest of all that they are made of."""

from __future__ import annotations

import hashlib
import importlib
import json
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from evaluation.data.registers.contract import Staged, Touched
from evaluation.data.registers.mapping import Delivery
from evaluation.data.remembered_digest import remembered_digest

FOLDER = "tables"
NAME = "staged.json"
UNFINISHED = ".staging-"
_SECONDS_KEPT = 24 * 3600.0  # what another run may still be writing is left alone
_PACKAGE = "evaluation.data.registers"


def staged_digest(
    delivery: Delivery, files: Mapping[str, Sequence[Path]], memory: Path | None
) -> str:
    """Return the digest of mapping, files and program that staged tables depend on.

    Parameters
    ----------
    delivery
        The mapping; ages, municipalities and options of columns do not matter.
    files
        Parts by entry.
    memory
        Folder that remembers digests of files.
    """
    made_of: dict[str, Any] = {
        "program": _program(),
        "delivery": delivery.model_dump(
            mode="json", exclude={"ages", "municipalities", "columns", "folder"}
        ),
        "files": {
            entry: [[file.name, remembered_digest(file, memory)] for file in parts]
            for entry, parts in files.items()
        },
    }
    return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()[:32]


def read_staged(folder: Path) -> Staged | None:
    """Return what was staged in a folder, ``None`` where nothing whole is there."""
    try:
        told = json.loads((folder / NAME).read_text(encoding="utf-8"))
        return Staged(
            folder=str(folder),
            tables=told["tables"],
            persons=told["persons"],
            touched=tuple(Touched(**one) for one in told["touched"]),
            columns={name: tuple(held) for name, held in told["columns"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_staged(staged: Staged, folder: Path) -> None:
    """Say in a folder what was staged there: counts, and no value."""
    told = {key: value for key, value in asdict(staged).items() if key != "folder"}
    text = json.dumps(told, indent=2, sort_keys=True, ensure_ascii=False)
    (folder / NAME).write_text(f"{text}\n", encoding="utf-8", newline="\n")


def remove_unfinished(cache: Path) -> None:
    """Remove what runs that were stopped left behind, a day after."""
    for folder in cache.glob(f"{UNFINISHED}*"):
        try:
            old = time.time() - folder.stat().st_mtime > _SECONDS_KEPT
        except OSError:  # another run was faster
            continue
        if old:
            shutil.rmtree(folder, ignore_errors=True)


@cache
def _program() -> str:
    """Return the digest of the code that stages: an installation of another version is another."""
    folder = Path(str(importlib.import_module(_PACKAGE).__file__)).parent
    digest = hashlib.sha256()
    sources = [*folder.glob("*.py")]
    for part in ("reading", "rules", "shapes", "tables"):
        sources += (folder / part).glob("*.py")
    for source in sorted(sources):
        digest.update(f"{source.relative_to(folder)}\0".encode())
        digest.update(source.read_bytes())
    return digest.hexdigest()
