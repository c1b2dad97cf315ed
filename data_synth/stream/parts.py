"""The parts of a delivery, written by one process or several."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from data_synth.life.plan import Chunk
from data_synth.stream.pool import in_processes
from data_synth.stream.request import Request
from data_synth.stream.writers import Made, writer_of


def write_parts(
    request: Request, chunks: Sequence[Chunk], folder: Path, jobs: int
) -> Iterator[tuple[int, Made]]:
    """Simulate chunks and write a part of each; yield its position and what was made, as it ends.

    Each part depends on its chunk alone: the files are the same bytes whatever ``jobs``. Memory is
    that of one chunk a process.

    Raises
    ------
    EnvironmentProblem
        Where memory does not suffice or a process is ended from outside.
    OSError
        Where a file cannot be written.
    """
    named = list(zip(part_names(chunks), chunks, strict=True))
    return in_processes(partial(_write, request, folder), named, jobs)


def part_names(chunks: Sequence[Chunk]) -> tuple[str, ...]:
    """Return the name of each chunk's part: its first birth year and position within it."""
    counted: dict[int, int] = {}
    names = []
    for chunk in chunks:
        place = counted.get(chunk.birth_year, 0)
        counted[chunk.birth_year] = place + 1
        names.append(f"{chunk.birth_year}-{place:03d}")
    return tuple(names)


def _write(request: Request, folder: Path, named: tuple[str, Chunk]) -> Made:
    name, chunk = named
    return writer_of(request).write(request, chunk, folder, name)
