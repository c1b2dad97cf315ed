"""Options of the query engine, as the command line gives them."""

from __future__ import annotations

import re
from pathlib import Path

from evaluation.cells.settings import Settings
from evaluation.commands.run import Way
from evaluation.errors import UsageError
from evaluation.estimators.supplying import Engine

ENGINES: tuple[Engine, ...] = ("auto", "microdata")
MEMORY = re.compile(r"^[1-9][0-9]*(MB|GB|TB)$")


def engine_settings(memory: str, threads: int, spill: Path | None) -> Settings:
    """Return limits of the query engine.

    Raises
    ------
    UsageError
        Where memory is no size, or the folder to spill to is none.
    """
    if not MEMORY.match(memory):
        raise UsageError(f"--memory {memory}: allowed: a size such as 512MB or 4GB")
    if spill is not None and not spill.is_dir():
        raise UsageError(f"--spill {spill}: no such folder; name one with room")
    return Settings(threads=threads, memory_limit=memory, spill=spill)


def way_of(
    cells: Path | None,
    rebuild: bool,
    engine: str,
    memory: str,
    threads: int,
    spill: Path | None,
) -> Way:
    """Return how models are to be estimated.

    Raises
    ------
    UsageError
        An unknown engine, or options that exclude one another.
    """
    chosen = next((one for one in ENGINES if one == engine), None)
    if chosen is None:
        raise UsageError(f"--engine {engine}: allowed: {', '.join(ENGINES)}")
    if cells is not None and (rebuild or chosen == "microdata"):
        raise UsageError("--cells: reads no rows, so neither --rebuild nor --engine microdata")
    return Way(cells, rebuild, chosen, engine_settings(memory, threads, spill))
