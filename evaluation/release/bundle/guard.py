"""What a zip from a stranger may hold, judged before anything of it is unpacked."""

from __future__ import annotations

import re
import stat
import zipfile
from pathlib import Path

from evaluation.errors import DataError

MOST_FILES = 1000
MOST_BYTES = 2 * 1024**3
# Cells are compressed already and tables of numbers shrink tenfold.
MOST_RATIO = 100
SMALL = 1024**2
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*){0,3}")
ENCRYPTED = 0x1
METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
AGAIN = "get the bundle again from where it was published"


def guarded(path: Path, entries: list[zipfile.ZipInfo]) -> tuple[zipfile.ZipInfo, ...]:
    """Return the files of a zip, folders left out.

    Parameters
    ----------
    path
        The zip, for messages.
    entries
        What its directory lists.

    Raises
    ------
    DataError
        Where there are too many or too large ones, or one has a name or kind that no bundle has.
    """
    if len(entries) > MOST_FILES:
        raise DataError(f"{path}: holds {len(entries):,} files, more than {MOST_FILES:,}; {AGAIN}")
    files = tuple(one for one in entries if not one.is_dir())
    total = sum(one.file_size for one in files)
    if total > MOST_BYTES:
        raise DataError(
            f"{path}: would unpack to {total / 1024**3:.1f} GB, more than "
            f"{MOST_BYTES // 1024**3}; {AGAIN}"
        )
    seen: set[str] = set()
    for at, one in enumerate(files, start=1):
        _refuse(path, at, one)
        # Some file systems do not tell capitals from small letters.
        if one.filename.casefold() in seen:
            raise DataError(f"{path}: holds the name of file {at} twice; {AGAIN}")
        seen.add(one.filename.casefold())
    return files


def _refuse(path: Path, at: int, one: zipfile.ZipInfo) -> None:
    # A name is cut at a null byte; what stood there is kept beside it.
    if not NAME.fullmatch(one.orig_filename):
        raise DataError(
            f"{path}: file {at} has a name that no bundle holds (a path that leads out of it, or "
            f"other characters than letters, digits, . _ and -); {AGAIN}"
        )
    mode = one.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise DataError(f"{path}: {one.filename} is a link or no plain file; {AGAIN}")
    if one.flag_bits & ENCRYPTED or one.compress_type not in METHODS:
        raise DataError(f"{path}: {one.filename} is encrypted or packed in another way; {AGAIN}")
    if one.file_size > SMALL and one.file_size > MOST_RATIO * max(one.compress_size, 1):
        raise DataError(
            f"{path}: {one.filename} would unpack to more than {MOST_RATIO} times its size; {AGAIN}"
        )
