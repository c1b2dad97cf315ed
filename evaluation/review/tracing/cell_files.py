"""The files of cells that a run was estimated from, each with its digest."""

from __future__ import annotations

from pathlib import Path

from evaluation.cells.origin import derived_mark
from evaluation.cells.store.find import find_cells, kept_builds
from evaluation.cells.store.kept import Kept
from evaluation.errors import DataError
from evaluation.estimators.supplying import CELLS, plan_of
from evaluation.release.bundle.at_hand import CACHE
from evaluation.report.record import Record


def cell_files(record: Record, folder: Path) -> dict[str, str]:
    """Return SHA-256 by file, as ``cells.json`` beside it says; empty where none are kept.

    Parameters
    ----------
    record
        A run.
    folder
        Its outputs: cells that were written beside them come first, then those that it kept.
    """
    plan = plan_of(record.spec)
    if not any(route.engine == "cells" for route in plan(None).routes):
        return {}
    inputs, derived = dict(record.inputs), derived_mark(record.spec).lstrip(".")
    home = folder.parent / CACHE / CELLS
    builds = [one for one in kept_builds(folder, inputs) if one.folder.name == CELLS]
    for below in sorted(home.iterdir()) if home.is_dir() else ():
        kept = kept_builds(below, inputs)
        builds += [one for one in kept if one.facts.source.partition(".")[2] == derived]
    for one in builds:
        asked = plan(one.facts.columns or None)
        try:
            whole = find_cells(asked, (one,)).whole(asked)
        except DataError:
            # A damaged build answers nothing; another one may.
            continue
        if whole:
            return _files(one, folder.parent)
    return {}


def _files(kept: Kept, above: Path) -> dict[str, str]:
    place = kept.folder.relative_to(above).as_posix()
    return {f"{place}/{name}": digest for name, digest in sorted(kept.files.items())}
