"""The cells behind a run that was written, without reading its data again."""

from __future__ import annotations

from pathlib import Path

from evaluation.cells.gathered import Gathered
from evaluation.cells.origin import derived_mark, reading_digest
from evaluation.cells.store.find import find_cells, kept_builds
from evaluation.cells.store.given import given_cells
from evaluation.cells.store.kept import NAME
from evaluation.errors import UsageError
from evaluation.estimators.supplying import CELLS as KEPT
from evaluation.estimators.supplying import plan_of
from evaluation.report.record import Record

CACHE, CELLS = ".cache", "cells"


def cells_at_hand(record: Record, folder: Path) -> Gathered | None:
    """Return the cells of a run, ``None`` where no model of it runs from any.

    Those that ``activity-duty cells`` wrote beside the run come first, then those that the run
    kept. Either must be of the very inputs of the run.

    Parameters
    ----------
    record
        The run, as ``report/reading.py`` reads it.
    folder
        Its outputs.

    Raises
    ------
    UsageError
        Where there are none of these inputs.
    DataError
        Where cells beside the run are damaged.
    """
    spec, inputs = record.spec, dict(record.inputs)
    plan = plan_of(spec)
    if not any(route.engine == "cells" for route in plan(None).routes):
        return None
    own = folder / CELLS
    if (own / NAME).is_file():
        given = given_cells(spec, own, plan)
        if dict(given.inputs) == inputs:
            return given
    home = folder.parent / CACHE / KEPT
    derived = derived_mark(spec).lstrip(".")
    builds = [
        kept
        for below in (sorted(home.iterdir()) if home.is_dir() else ())
        for kept in kept_builds(below, inputs)
        if kept.facts.source.partition(".")[2] == derived
    ]
    # Cells that an earlier version of this program built answer as well: what they give is
    # compared with what was printed.
    builds.sort(key=lambda one: (one.facts.source != reading_digest(spec), one.units is None))
    for kept in builds:
        columns = kept.facts.columns
        found = find_cells(asked := plan(columns or None), (kept,))
        if found.whole(asked):
            return Gathered(
                asked, found.tables, found.pairs, found.units, inputs, "reused",
                notes=tuple(dict.fromkeys(x for one in found.tables.values() for x in one.notes)),
                flow=found.flow, first_post=found.first_post, columns=columns,
            )  # fmt: skip
    raise UsageError(
        f"{folder}: no cells of this run's inputs are kept; build them with: activity-duty cells "
        f"{spec.id} --out {folder.parent}"
    )
