"""Rows from one file: csv, parquet, dta or sas7bdat; or from the parquet files of a folder."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import ClassVar

import pandas as pd

from evaluation.data.remembered_digest import remembered_digest
from evaluation.errors import DataError, SpecError
from evaluation.spec.panel import FilePanel
from evaluation.spec.paths import resolve
from evaluation.spec.spec import Spec

FORMATS = ("csv", "parquet", "dta", "sas7bdat")


@dataclass(frozen=True)
class File:
    """One file, its format by the ending of its name, or several parquet files.

    Attributes
    ----------
    panel
        How they are read.
    path
        The file, the folder, or the pattern.
    files
        The file, or those that the folder or pattern holds, sorted by name.
    format
        Module of ``data/formats``.
    memory
        Folder that remembers digests; ``None`` reads files whole for them.
    """

    panel: FilePanel
    path: Path
    files: tuple[Path, ...]
    format: ModuleType
    memory: Path | None = None
    distinct: ClassVar[bool] = False

    def columns(self) -> tuple[str, ...]:
        """Return the column names of the first file."""
        names: tuple[str, ...] = self.format.columns(self.files[0], self.panel)
        return names

    def read(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return the rows of every file."""
        names = list(columns)
        frames: list[pd.DataFrame] = [
            self.format.read(file, names, self.panel) for file in self.files
        ]
        if len(frames) == 1:
            return frames[0]
        for file, frame in zip(self.files, frames, strict=True):
            _refuse_other_types(file.name, frame, self.files[0].name, frames[0])
        together: pd.DataFrame = pd.concat(frames, ignore_index=True)
        return together

    def inputs(self) -> Mapping[str, str]:
        """Return the digest by the name of file or folder, without the folders above it.

        That of several files is over their names and digests.
        """
        if self.files == (self.path,):
            return {self.path.name: remembered_digest(self.path, self.memory)}
        digest = hashlib.sha256()
        for file in self.files:
            digest.update(f"{file.name}\0{remembered_digest(file, self.memory)}\0".encode())
        return {self.path.name: digest.hexdigest()}

    def remembering(self, memory: Path | None) -> File:
        """Return the same file with a folder that remembers digests."""
        return replace(self, memory=memory)


def open_source(spec: Spec) -> File:
    """Return the file or files that a spec names.

    Raises
    ------
    DataError
        Where they do not exist or have another ending.
    """
    panel = spec.panel
    if not isinstance(panel, FilePanel):
        raise SpecError("panel.source: allowed here: file")
    path = resolve(panel.path, spec.origin, "panel.path")
    ending = path.suffix.lower().removeprefix(".")
    if _is(path.is_dir) or "*" in path.name:
        folder, pattern = (path, "*.parquet") if _is(path.is_dir) else (path.parent, path.name)
        files = tuple(sorted(one for one in folder.glob(pattern) if one.suffix == ".parquet"))
        if not files:
            raise DataError(
                f"panel.path: {panel.path}: holds no parquet files; allowed: a folder of parquet "
                f"files, or one file that ends in {', '.join(FORMATS)}"
            )
        ending = "parquet"
    else:
        files = (path,)
    if ending not in FORMATS:
        if not _is(path.exists):
            raise DataError(
                f"panel.path: {panel.path}: no such file or folder; a path is relative to the "
                "spec's own folder"
            )
        raise DataError(f"panel.path: {panel.path}: unknown ending; allowed: {', '.join(FORMATS)}")
    if not all(_is(file.is_file) for file in files):
        raise DataError(f"panel.path: {panel.path}: no such file; check the name and the folder")
    return File(panel, path, files, importlib.import_module(f"evaluation.data.formats.{ending}"))


def _refuse_other_types(name: str, frame: pd.DataFrame, first: str, wanted: pd.DataFrame) -> None:
    for column in wanted.columns:
        here, there = _kind(frame[column]), _kind(wanted[column])
        if here != there:
            raise DataError(
                f"{name}: column {column!r} holds {here}, in {first} {there}; write every file "
                "with the same types"
            )


def _kind(column: pd.Series) -> str:
    """Return what a column holds, in words; whole numbers with gaps are read as decimals."""
    tests: tuple[tuple[str, Callable[[pd.Series], bool]], ...] = (
        ("true and false", pd.api.types.is_bool_dtype),
        ("numbers", pd.api.types.is_numeric_dtype),
        ("dates", pd.api.types.is_datetime64_any_dtype),
    )
    return next((words for words, test in tests if test(column)), "text")


def _is(there: Callable[[], bool]) -> bool:
    """Whether something is there; a name that the system refuses names nothing."""
    try:
        return there()
    except OSError:
        return False
