"""One round of an evaluation, as files tell it: an output folder or a bundle."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.errors import DataError
from evaluation.release.bundle.contents import MANIFEST, PRINTED, SPEC
from evaluation.release.bundle.numbers import LAYOUTS
from evaluation.release.bundle.read import is_bundle, read_bundle
from evaluation.report.csvs import csv_rows
from evaluation.report.manifest_file import read_manifest
from evaluation.results import AnyRow
from evaluation.spec.text import tables_of


@dataclass(frozen=True)
class Round:
    """One round, from an output folder or a bundle.

    ``released`` says that numbers may be rounded for release, as those of a bundle are.
    """

    path: Path
    manifest: Mapping[str, Any]
    spec: Mapping[str, Any]
    rows: Mapping[str, tuple[AnyRow, ...]]
    released: bool


def read_round(path: Path) -> Round:
    """Return one round.

    Parameters
    ----------
    path
        ``outputs/<id>``, or a bundle.

    Raises
    ------
    DataError
        Where it is neither, or damaged.
    """
    if is_bundle(path):
        bundle = read_bundle(path)
        files = {
            name: bundle.text(f"{PRINTED}/{name}")
            for name in LAYOUTS
            if f"{PRINTED}/{name}" in bundle.files
        }
        spec = _tables(path, bundle.text(SPEC))
        return Round(path, bundle.manifest, spec, _rows(path, files), True)
    if not path.exists():
        raise DataError(f"{path}: no such folder or bundle; give outputs/<id> or a bundle (.zip)")
    manifest = read_manifest(path)
    found = {name: _text(path, name) for name in LAYOUTS}
    files = {name: text for name, text in found.items() if text is not None}
    if "estimates.csv" not in files:
        raise DataError(f"{path}: holds no estimates.csv; give an output folder")
    released = not (path / "restricted").is_dir()
    spec = _tables(path, manifest["spec"])
    return Round(path, manifest, spec, _rows(path, files), released)


def _tables(path: Path, text: str) -> dict[str, Any]:
    try:
        return tables_of(text)
    except ValueError:
        raise DataError(f"{path}: its spec is not TOML; restore {MANIFEST}") from None


def _text(path: Path, name: str) -> str | None:
    for own in (path / "restricted" / name, path / name):
        try:
            if own.is_file():
                return own.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise DataError(f"{own}: cannot be read; run the spec again") from None
    return None


def _rows(path: Path, files: Mapping[str, str]) -> dict[str, tuple[AnyRow, ...]]:
    found: dict[str, tuple[AnyRow, ...]] = {}
    for name, text in files.items():
        try:
            found[name] = csv_rows(LAYOUTS[name].row_type, text)
        except (ValueError, csv.Error):
            raise DataError(
                f"{path}: {name} has other columns or values; run the spec again"
            ) from None
    return found
