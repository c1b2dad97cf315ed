"""Write cells into a folder, whole or not at all."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from evaluation.cells.gathered import Gathered
from evaluation.cells.store.frames import write_frame
from evaluation.cells.store.kept import NAME, SCHEMA_VERSION, UNITS, Facts
from evaluation.cells.store.pairs import frame_of_pairs
from evaluation.cells.store.plain import to_plain
from evaluation.data.durable.holding import Occupied
from evaluation.data.durable.replacing import replacing


def write_cells(gathered: Gathered, facts: Facts, folder: Path) -> None:
    """Write cells and ``cells.json`` to ``folder``, in place of what stood there.

    Everything is written aside and then renamed, so that a folder is never half full.

    Parameters
    ----------
    gathered
        Cells, pair cells and histories.
    facts
        What ``cells.json`` says of them.
    folder
        Its parent may not exist yet.

    Raises
    ------
    EnvironmentProblem
        Where the folder cannot be written.
    """
    try:
        with replacing(folder) as fresh:
            _fill(gathered, facts, fresh)
    except Occupied:
        # Two runs may build the same cells side by side: the other's are as good.
        if not (folder / NAME).exists():
            raise


def _fill(gathered: Gathered, facts: Facts, fresh: Path) -> None:
    frames = {name: table.frame for name, table in gathered.tables.items()}
    frames |= {name: frame_of_pairs(pairs) for name, pairs in gathered.pairs.items()}
    if gathered.units is not None and len(gathered.units.histories.columns):
        frames[UNITS] = gathered.units.histories
    files = {}
    for name, frame in frames.items():
        path = fresh / f"{name}.parquet"
        write_frame(frame, path)
        files[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    tables = {
        "schema_version": SCHEMA_VERSION,
        "plan": to_plain(gathered.plan),
        "facts": to_plain(facts),
        "files": files,
    }
    text = json.dumps(tables, indent=1, ensure_ascii=False) + "\n"
    (fresh / NAME).write_text(text, encoding="utf-8", newline="\n")
