"""How the lives of a chunk become files: the direct panel, or a shape of register tables."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from data_synth.life.lives import Lives
from data_synth.life.plan import Chunk
from data_synth.life.recording import record_chunk
from data_synth.panel.files import write_rows
from data_synth.panel.rows import take_rows
from data_synth.shapes.registry import shape
from data_synth.stream.request import PANEL, Request

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class File:
    """One file of a delivery.

    Attributes
    ----------
    path
        Relative to the folder of the delivery, parted by ``/``.
    bytes
        Its size.
    rows, persons
        Rows in it, and the persons whose they are; ``None`` where the delivery itself tells them.
    """

    path: str
    bytes: int
    rows: int | None = None
    persons: int | None = None


@dataclass(frozen=True)
class Made:
    """What became of one chunk: person-months in the data, persons with any, files if known."""

    rows: int
    persons: int
    files: tuple[File, ...] = ()


class Writer(Protocol):
    """What stands between lives and files."""

    def write(self, request: Request, chunk: Chunk, folder: Path, name: str) -> Made:
        """Simulate a chunk and write its files below ``folder``, their stem ``name``."""
        ...

    def finish(self, request: Request, folder: Path, files: tuple[File, ...]) -> tuple[File, ...]:
        """Close the delivery once all chunks are written; return all of its files."""
        ...


class _Panel:
    """A row a person and month, by person and month."""

    def write(self, request: Request, chunk: Chunk, folder: Path, name: str) -> Made:
        rows = take_rows(_record(request, chunk), request.ages)
        if not len(rows):
            return Made(0, 0)
        path = folder / PANEL / f"{name}.{request.format}"
        path.parent.mkdir(exist_ok=True)
        write_rows(rows, request.columns, path, request.format)
        persons = 1 + int(np.count_nonzero(np.diff(rows.person)))
        file = File(_relative(path, folder), path.stat().st_size, len(rows), persons)
        return Made(len(rows), persons, (file,))

    def finish(self, request: Request, folder: Path, files: tuple[File, ...]) -> tuple[File, ...]:
        return files


class _Registers:
    """Files of a shape, made of the canonical tables; its own manifest counts their rows."""

    def write(self, request: Request, chunk: Chunk, folder: Path, name: str) -> Made:
        kind = shape(request.shape)
        lives = _record(request, chunk)
        rows = take_rows(lives, request.ages)
        if not len(rows):
            return Made(0, 0)
        tables = {table: _table(table, lives) for table in kind.TABLES}
        kind.write(
            tables,
            folder / request.shape,
            name,
            request.world,
            request.seed,
            request.format,
        )
        return Made(len(rows), 1 + int(np.count_nonzero(np.diff(rows.person))))

    def finish(self, request: Request, folder: Path, files: tuple[File, ...]) -> tuple[File, ...]:
        kind = shape(request.shape)
        reference = {table: _table(table, request.world) for table in kind.REFERENCE}
        kind.finish(folder / request.shape, reference, request.world, request.seed, request.format)
        found = sorted(path for path in folder.rglob("*") if path.is_file())
        return tuple(File(_relative(path, folder), path.stat().st_size) for path in found)


def writer_of(request: Request) -> Writer:
    """Return what writes the shape of a request."""
    return _Panel() if request.shape == PANEL else _Registers()


def _record(request: Request, chunk: Chunk) -> Lives:
    return record_chunk(
        request.world, chunk, request.seed, request.policy, request.first, request.last
    )


def _table(name: str, source: object) -> pd.DataFrame:
    """Make a canonical table of lives, or of the world alone."""
    made: pd.DataFrame = getattr(
        importlib.import_module(f"data_synth.tables.{name}"), f"make_{name}"
    )(source)
    return made


def _relative(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()
