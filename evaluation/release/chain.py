"""A file of JSON lines that only grows: each line holds the digest of the one before it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evaluation.data.durable.holding import not_writable
from evaluation.data.durable.syncing import sync_folder
from evaluation.errors import DataError

# What the first line follows.
BEGINNING = "0" * 64
Line = Mapping[str, Any]


def read_chain(path: Path) -> tuple[Line, ...]:
    """Return the lines of a chain, none where there is no file.

    A last line without its end is one that a killed process began: nobody was told that it stands,
    so it is passed over.

    Raises
    ------
    DataError
        Where it cannot be read, or a line is changed, missing or out of its place.
    """
    found, before = [], BEGINNING
    for number, raw in enumerate(_whole(path), 1):
        line = _line(raw)
        if line is None or line["previous"] != before or line["digest"] != _digest(line):
            raise DataError(
                f"{path}: line {number} is not as it was written; restore the file from a copy"
            )
        before = line["digest"]
        found.append(line)
    return tuple(found)


def append_to(path: Path, content: Mapping[str, Any]) -> Line:
    """Append one line and return it as it stands once it is on the disk.

    The caller holds the folder, so that nobody else appends. A torn last line is cut off first.

    Parameters
    ----------
    path
        Its folder is made where there is none.
    content
        Plain values by name; ``previous`` and ``digest`` are added.

    Raises
    ------
    DataError
        Where the chain is not whole.
    EnvironmentProblem
        Where it cannot be written.
    """
    lines = read_chain(path)
    line = {**content, "previous": lines[-1]["digest"] if lines else BEGINNING}
    line["digest"] = _digest(line)
    text = json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _extend(path, text.encode())
        sync_folder(path.parent)
    except OSError as error:
        raise not_writable(path, error) from None
    return line


def _extend(path: Path, added: bytes) -> None:
    """Write at the end of the last whole line; what a full disk took half of is cut off again."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        end = _end(handle)
        os.ftruncate(handle, end)
        os.lseek(handle, end, os.SEEK_SET)
        try:
            rest = added
            while rest:
                rest = rest[os.write(handle, rest) :]
            os.fsync(handle)
        except OSError:
            os.ftruncate(handle, end)
            raise
    finally:
        os.close(handle)


def _end(handle: int) -> int:
    """Return how many bytes whole lines have."""
    os.lseek(handle, 0, os.SEEK_SET)
    with os.fdopen(os.dup(handle), "rb") as file:
        return file.read().rfind(b"\n") + 1


def _whole(path: Path) -> list[bytes]:
    try:
        return path.read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise DataError(
            f"{path}: cannot be read ({error.strerror}); give the right to read it"
        ) from None


def _line(raw: bytes) -> dict[str, Any] | None:
    try:
        line: Any = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return line if isinstance(line, dict) and {"previous", "digest"} <= line.keys() else None


def _digest(line: Line) -> str:
    content = {name: value for name, value in line.items() if name != "digest"}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
