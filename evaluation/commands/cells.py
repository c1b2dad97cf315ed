"""``cells``: build the cells of a spec and write them to ``OUT/<id>/cells``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from evaluation.catalogue import catalogue
from evaluation.cells.gather import facts_of
from evaluation.cells.gathered import Gathered
from evaluation.cells.origin import reading_digest
from evaluation.cells.plan import ROWS
from evaluation.cells.settings import Settings
from evaluation.cells.store.write import write_cells
from evaluation.commands.locate import locate
from evaluation.commands.outputs import refuse_unwritable
from evaluation.commands.shown import text_table
from evaluation.data.durable.holding import holding
from evaluation.estimators.supplying import Request, cells_of
from evaluation.pipeline import refuse_unavailable, refuse_without_design
from evaluation.spec.loader import read_spec


def cells(
    name: str,
    *,
    settings: tuple[str, ...],
    allowed: tuple[Path, ...],
    out: Path,
    rebuild: bool,
    engine: Settings,
    announce: Callable[[str, str], None],
) -> str:
    """Build the cells of a spec, write them, and return what they hold as text.

    Parameters
    ----------
    name, settings, allowed
        The spec, as ``run`` takes it.
    out
        Cells go to ``out/<id>/cells``.
    rebuild
        Whether kept cells are passed over.
    engine
        Limits of the query engine.
    announce
        Told the spec's id and the name of a stage.

    Raises
    ------
    UserError
        What reading the spec or the data shows.
    """
    spec = read_spec(locate(name), catalogue(), settings=settings, allowed=allowed)
    refuse_unavailable(spec)
    refuse_without_design(spec, "build cells for")
    folder = out / spec.id
    refuse_unwritable(folder)
    announce(spec.id, "cells")
    gathered = cells_of(Request(spec, memory=out / ".cache", rebuild=rebuild, settings=engine))
    announce(spec.id, f"cells: {gathered.origin}")
    facts = replace(facts_of(gathered, reading_digest(spec)), spec=spec.id)
    with holding(folder):
        write_cells(gathered, facts, folder / "cells")
    table = text_table(
        ["file", "key", "rows", "cells", "bytes"],
        list(_lines(gathered, folder / "cells")),
        numeric_from=2,
    )
    return f"{table}\n{folder / 'cells'}: run {name} --cells {folder}"


def _lines(gathered: Gathered, folder: Path) -> Iterator[tuple[str, ...]]:
    for name, table in gathered.tables.items():
        rows = int(table.frame[ROWS].sum())
        size = (folder / f"{name}.parquet").stat().st_size
        key = ", ".join(table.made.key)
        yield name, key, f"{rows:,}", f"{len(table.frame):,}", f"{size:,}"
    points = {one.name: one.point for one in gathered.plan.pairs}
    for name, pairs in gathered.pairs.items():
        size = (folder / f"{name}.parquet").stat().st_size
        key = f"pairs of {points[name]}"
        yield name, key, "", f"{len(pairs.running) ** 2:,}", f"{size:,}"
