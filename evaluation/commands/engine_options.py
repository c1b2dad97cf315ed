"""Options of the query engine, as the command line gives them."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from evaluation.cells.settings import Settings
from evaluation.commands.run import Way
from evaluation.errors import UsageError
from evaluation.estimators.supplying import Engine

ENGINES: tuple[Engine, ...] = ("auto", "microdata")
# More threads than these help nobody, and a mistyped number would start thousands.
THREADS_BY_CORE = 4
MEMORY = re.compile(r"^[1-9][0-9]*(MB|GB|TB)$")


def engine_settings(memory: str, threads: int, spill: Path | None) -> Settings:
    """Return limits of the query engine.

    Raises
    ------
    UsageError
        Where memory is no size, threads are none or very many, or nothing can be written to the
        folder to spill to.
    """
    if not MEMORY.match(memory):
        raise UsageError(
            f"--memory {memory}: allowed: a whole number and MB, GB or TB, as in 512MB or 4GB"
        )
    most = THREADS_BY_CORE * (os.cpu_count() or 1)
    if not 1 <= threads <= most:
        raise UsageError(f"--threads {threads}: allowed here: 1 to {most}")
    if spill is not None:
        _try(spill)
    return Settings(threads=threads, memory_limit=memory, spill=spill)


def _try(spill: Path) -> None:
    """Write to the folder to spill to, and leave nothing there."""
    if not spill.is_dir():
        raise UsageError(f"--spill {spill}: no such folder; name one with room")
    try:
        with tempfile.TemporaryFile(dir=spill) as file:
            file.write(b"0")
    except OSError as error:
        raise UsageError(
            f"--spill {spill}: cannot be written ({error.strerror}); name a folder with room"
        ) from None


def way_of(
    cells: Path | None,
    rebuild: bool,
    engine: str,
    memory: str,
    threads: int,
    spill: Path | None,
    blind: bool = False,
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
    if cells is not None and blind:
        raise UsageError("--blind: mixes rows, and --cells gives none; name one of the two")
    return Way(cells, rebuild, chosen, engine_settings(memory, threads, spill), blind)
