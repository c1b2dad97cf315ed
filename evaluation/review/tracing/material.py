"""What a trace is made from: the record behind an output folder, a release or a bundle."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from evaluation.catalogue import catalogue
from evaluation.data.panel import FlowStep
from evaluation.errors import DataError
from evaluation.release.bundle.contents import CELLS, PRINTED
from evaluation.release.bundle.opened import opened
from evaluation.release.bundle.read import is_bundle, read_bundle
from evaluation.report.csvs import csv_rows
from evaluation.report.horizons import in_record
from evaluation.report.manifest_file import read_manifest
from evaluation.report.point_table import PointTable, read_points
from evaluation.report.reading import read_record
from evaluation.report.record import Record
from evaluation.report.tables import tables_of
from evaluation.report.tabular import Table
from evaluation.results import Check, Detail, Estimate, Ruling, Specification, WorthRow
from evaluation.review.tracing.cell_files import cell_files
from evaluation.spec.loader import build_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import parse_settings
from evaluation.spec.spec import Spec
from evaluation.spec.text import tables_of as toml_tables

Kind = Literal["run", "release", "bundle"]
# Result files that hold numbers, in the order in which they are answered.
ROWS: Mapping[str, Any] = {
    "estimates": Estimate,
    "details": Detail,
    "checks": Check,
    "specifications": Specification,
    "worth": WorthRow,
}


@dataclass(frozen=True)
class Material:
    """One output folder, release or bundle.

    Attributes
    ----------
    path, kind
        What it is.
    manifest
        What it says of itself.
    record
        The rows as they stand there, so that their tables are the printed ones.
    texts
        Result files by name without ending.
    figures
        Points by figure.
    cells
        SHA-256 of files of cells, by name; empty where there are none.
    rulings
        What the rules of the policy said, where that is kept.
    """

    path: Path
    kind: Kind
    manifest: Mapping[str, Any]
    record: Record
    texts: Mapping[str, str]
    figures: Mapping[str, PointTable] = field(default_factory=dict)
    cells: Mapping[str, str] = field(default_factory=dict)
    rulings: tuple[Ruling, ...] = ()

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """Every printed table by id."""
        return tables_of(self.record)

    @cached_property
    def rows(self) -> Mapping[str, tuple[Mapping[str, str], ...]]:
        """Rows of every result file as they stand in it."""
        return {name: tuple(csv.DictReader(io.StringIO(text))) for name, text in self.texts.items()}


def material_of(path: Path) -> Material:
    """Return what is known of a folder of outputs, a release folder or a bundle.

    Raises
    ------
    DataError
        Where it is none of these, or a file of it cannot be read.
    SpecError
        Where this version does not know its spec.
    """
    if is_bundle(path):
        return _of_bundle(path)
    if not (path / "restricted").is_dir() and (path / "estimates.csv").is_file():
        return _of_release(path)
    record, inside = read_record(path), path / "restricted"
    rulings = inside / "rulings.csv"
    return Material(
        path,
        "run",
        read_manifest(path),
        record,
        _texts(inside),
        _figures(inside),
        cell_files(record, path),
        csv_rows(Ruling, _text(rulings)) if rulings.is_file() else (),
    )


def _of_release(path: Path) -> Material:
    manifest, texts = read_manifest(path), _texts(path)
    try:
        tables = toml_tables(manifest["spec"])
    except ValueError:
        raise DataError(f"{path}: the spec in manifest.json is not TOML; release again") from None
    spec = build_spec(
        tables, catalogue(), settings=parse_settings(()), origin=Origin(folder=path),
        label=f"{path / 'manifest.json'}: spec", with_paths=False,
    )  # fmt: skip
    bundle = path / "bundle.zip"
    cells = _cells_of(read_bundle(bundle).manifest) if bundle.is_file() else {}
    record = _record(path, spec, manifest, texts)
    return Material(path, "release", manifest, record, texts, _figures(path), cells)


def _of_bundle(path: Path) -> Material:
    bundle = read_bundle(path)
    names = {one: f"{PRINTED}/{one}.csv" for one in ROWS}
    texts = {one: bundle.text(name) for one, name in names.items() if name in bundle.files}
    with opened(bundle) as (spec, _):
        record = _record(path, spec, bundle.manifest, texts)
    return Material(
        path, "bundle", bundle.manifest, record, texts, cells=_cells_of(bundle.manifest)
    )


def _record(
    path: Path, spec: Spec, manifest: Mapping[str, Any], texts: Mapping[str, str]
) -> Record:
    found: dict[str, tuple[Any, ...]] = dict.fromkeys(ROWS, ())
    for name, text in texts.items():
        try:
            found[name] = csv_rows(ROWS[name], text)
        except ValueError:
            raise DataError(
                f"{path}: {name}.csv is not one that this version writes; release again"
            ) from None
    return Record(
        spec=spec,
        estimates=in_record(found["estimates"]),
        details=in_record(found["details"]),
        checks=in_record(found["checks"]),
        specifications=found["specifications"],
        worth=found["worth"],
        flow=tuple(
            FlowStep(one["step"], one["rows"], one["units"]) for one in manifest.get("flow", ())
        ),
        inputs=dict(manifest.get("inputs", {})),
    )


def _cells_of(manifest: Mapping[str, Any]) -> dict[str, str]:
    files: Mapping[str, str] = manifest.get("files", {})
    return {
        name: digest
        for name, digest in files.items()
        if name.startswith(f"{CELLS}/") and name.endswith(".parquet")
    }


def _texts(folder: Path) -> dict[str, str]:
    paths = {name: folder / f"{name}.csv" for name in ROWS}
    return {name: _text(path) for name, path in paths.items() if path.is_file()}


def _figures(folder: Path) -> dict[str, PointTable]:
    return {
        path.stem: read_points(_text(path)) for path in sorted((folder / "figures").glob("*.csv"))
    }


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise DataError(f"{path}: cannot be read; make it again") from None
