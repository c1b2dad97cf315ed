"""Rows from one file: csv, parquet, dta or sas7bdat."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import ClassVar

import pandas as pd

from evaluation.data.hashing import file_digest
from evaluation.errors import DataError, SpecError
from evaluation.spec.panel import FilePanel
from evaluation.spec.paths import resolve
from evaluation.spec.spec import Spec

FORMATS = ("csv", "parquet", "dta", "sas7bdat")


@dataclass(frozen=True)
class File:
    """One file, its format by the ending of its name."""

    panel: FilePanel
    path: Path
    format: ModuleType
    distinct: ClassVar[bool] = False

    def columns(self) -> tuple[str, ...]:
        """Return the file's column names."""
        names: tuple[str, ...] = self.format.columns(self.path, self.panel)
        return names

    def read(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return the file's rows."""
        frame: pd.DataFrame = self.format.read(self.path, list(columns), self.panel)
        return frame

    def inputs(self) -> Mapping[str, str]:
        """Return the file's digest by its name, without its folder."""
        return {self.path.name: file_digest(self.path)}


def open_source(spec: Spec) -> File:
    """Return the file that a spec names.

    Raises
    ------
    DataError
        Where the file does not exist or has another ending.
    """
    panel = spec.panel
    if not isinstance(panel, FilePanel):
        raise SpecError("panel.source: allowed here: file")
    path = resolve(panel.path, spec.origin, "panel.path")
    if _is(path.is_dir):
        raise DataError(
            f"panel.path: {panel.path}: is a folder; allowed: one file that ends in "
            f"{', '.join(FORMATS)}"
        )
    ending = path.suffix.lower().removeprefix(".")
    if ending not in FORMATS:
        raise DataError(f"panel.path: {panel.path}: unknown ending; allowed: {', '.join(FORMATS)}")
    if not _is(path.is_file):
        raise DataError(f"panel.path: {panel.path}: no such file; check the name and the folder")
    return File(panel, path, importlib.import_module(f"evaluation.data.formats.{ending}"))


def _is(there: Callable[[], bool]) -> bool:
    """Whether something is there; a name that the system refuses names nothing."""
    try:
        return there()
    except OSError:
        return False
