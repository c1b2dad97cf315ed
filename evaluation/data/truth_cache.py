"""Cells remembered on disk: what is read back is exactly what was computed, or nothing is."""

from __future__ import annotations

import contextlib
import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import pandas as pd

SEAL = 32  # bytes of SHA-256 in front of the content


def remembered(folder: Path | None, name: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """Return the cells of that name, made and written down where they are not there yet.

    A file that is damaged, or was not written under this name, is made anew and replaced. A
    folder that cannot be read or written means that nothing is remembered.

    Parameters
    ----------
    folder
        Where cells lie; ``None`` remembers nothing.
    name
        Digest of everything that the cells depend on.
    make
        Computes them.
    """
    if folder is None:
        return make()
    path = folder / f"{name}.cells"
    content = _read(path, name)
    if content is not None:
        return pd.read_parquet(io.BytesIO(content))
    cells = make()
    # An unwritable folder or a full disk costs time at the next run, never this one's result.
    with contextlib.suppress(OSError):
        _write(path, name, cells)
    return cells


def _read(path: Path, name: str) -> bytes | None:
    """Return a file's content if its seal fits, else nothing."""
    try:
        held = path.read_bytes()
    except OSError:
        return None
    seal, content = held[:SEAL], held[SEAL:]
    return content if seal == _seal(name, content) else None


def _write(path: Path, name: str, cells: pd.DataFrame) -> None:
    content = cells.to_parquet(index=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    # One name for all: what a killed process left is written over. Should two write at once, both
    # write the same, and the seal tells whether it is whole.
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_bytes(_seal(name, content) + content)
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise


def _seal(name: str, content: bytes) -> bytes:
    return hashlib.sha256(name.encode() + content).digest()
