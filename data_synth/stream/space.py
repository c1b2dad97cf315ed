"""Room for a delivery on disk, asked before anything is written."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from data_synth.life.plan import Chunk
from data_synth.stream.request import Request
from evaluation.errors import EnvironmentProblem

# Bytes per person-month, rounded up from small deliveries of the baseline world with all its ages
# and months; of person_month, bytes per person-month and column.
BYTES: Mapping[tuple[str, str], float] = MappingProxyType(
    {
        ("person_month", "parquet"): 0.04,
        ("person_month", "csv"): 4.5,
        ("tables", "parquet"): 6.0,
        ("tables", "csv"): 55.0,
        ("research_extract", "parquet"): 7.0,
        ("research_extract", "csv"): 50.0,
        ("research_extract", "dta"): 50.0,
        ("microdata_event", "parquet"): 10.0,
        ("microdata_event", "csv"): 110.0,
        ("kostra_11f", "parquet"): 5.0,
        ("kostra_11f", "csv"): 0.6,
    }
)
# What a file takes beside its rows, in a shape of many files; and what a disk should keep free.
BYTES_PER_PART = 30_000
SPARE = 50_000_000


def planned_rows(request: Request, chunk: Chunk) -> int:
    """Return the person-months of a chunk at most: everybody alive and resident throughout."""
    return sum(_planned(request, year, count) for year, count in chunk.births)


def _planned(request: Request, year: int, count: int) -> int:
    low, high = request.ages
    months = 0
    for birth in range(year * 12, year * 12 + 12):
        begun = max(request.first, birth + low * 12)
        ended = min(request.last, birth + (high + 1) * 12 - 1)
        months += max(ended - begun + 1, 0)
    return -(-count * months // 12)


def planned_bytes(request: Request, chunks: Sequence[Chunk]) -> int:
    """Return the bytes that a delivery takes, estimated from what was measured.

    A shape that nobody measured is taken to need as much as the largest.
    """
    rows = sum(planned_rows(request, chunk) for chunk in chunks)
    each = BYTES.get((request.shape, request.format), max(BYTES.values()))
    return round(rows * each * max(len(request.columns), 1)) + len(chunks) * BYTES_PER_PART


def refuse_little_space(request: Request, chunks: Sequence[Chunk], folder: Path) -> None:
    """Raise where the disk of ``folder`` has less room than a delivery takes.

    Raises
    ------
    EnvironmentProblem
        With what is needed and what is free.
    """
    needed = planned_bytes(request, chunks) + SPARE
    standing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(standing).free
    if free < needed:
        rows = sum(planned_rows(request, chunk) for chunk in chunks)
        raise EnvironmentProblem(
            f"{folder}: needs about {_gigabytes(needed)} for up to {rows:,} person-months, and "
            f"{_gigabytes(free)} are free; free some, ask for fewer --persons, or choose another "
            "folder with --out"
        )


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:,.1f} GB"
