"""What a query engine may use of the machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits of a query engine; results do not depend on them.

    Attributes
    ----------
    threads
        Threads of the engine.
    memory_limit
        Memory beyond which the engine spills to disk, as ``512MB`` or ``4GB``.
    spill
        Folder to spill to; ``None`` for the system's temporary folder.
    most_cells
        Largest number of cells that one pass may return.
    """

    threads: int = 2
    memory_limit: str = "512MB"
    spill: Path | None = None
    most_cells: int = 20_000_000

    @property
    def megabytes(self) -> int:
        """``memory_limit`` as a number."""
        units = {"MB": 1, "GB": 1000, "TB": 1_000_000}
        return int(self.memory_limit[:-2]) * units[self.memory_limit[-2:]]
