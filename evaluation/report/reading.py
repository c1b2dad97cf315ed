"""Read what a run wrote, so that page, tables and figures can be made again without data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from evaluation.catalogue import catalogue
from evaluation.data.panel import FlowStep
from evaluation.data.registers.report import NAME as PANEL_REPORT
from evaluation.errors import DataError
from evaluation.report.csvs import csv_rows
from evaluation.report.diagnosed import diagnoses_of
from evaluation.report.horizons import in_record
from evaluation.report.manifest_file import read_manifest
from evaluation.report.point_table import PointTable, read_points
from evaluation.report.record import Record
from evaluation.report.software import Software
from evaluation.results import (
    AnyRow,
    Check,
    Detail,
    Estimate,
    Evidence,
    JoinCoverage,
    Specification,
    WorthRow,
)
from evaluation.spec.loader import build_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import parse_settings
from evaluation.spec.spec import Spec
from evaluation.spec.text import tables_of

NOTES = "notes.json"
OBSERVED = "observed"
R = TypeVar("R", bound=AnyRow)


def read_record(folder: Path) -> Record:
    """Return the record that a run wrote to ``folder``.

    Raises
    ------
    DataError
        Where a file of it is missing or cannot be read.
    SpecError
        Where the manifest's spec is not one that this version knows.
    """
    manifest = read_manifest(folder)
    inside = folder / "restricted"
    coverage = inside / "joins.csv"
    panel = inside / PANEL_REPORT
    specifications = inside / "specifications.csv"
    worth, evidence = inside / "worth.csv", inside / "evidence.csv"
    spec = _spec(manifest, folder)
    return Record(
        spec=spec,
        estimates=in_record(_rows(Estimate, inside / "estimates.csv")),
        details=in_record(_rows(Detail, inside / "details.csv")),
        checks=in_record(_rows(Check, inside / "checks.csv")),
        flow=tuple(
            FlowStep(one["step"], one["rows"], one["units"]) for one in manifest.get("flow", ())
        ),
        inputs=manifest["inputs"],
        observed=_observed(inside / OBSERVED),
        seconds=manifest.get("seconds", {}),
        notes=_notes(inside / NOTES),
        cells=manifest.get("cells", "none"),
        coverage=_rows(JoinCoverage, coverage) if coverage.is_file() else (),
        specifications=_rows(Specification, specifications) if specifications.is_file() else (),
        panel_report=_text(panel) if panel.is_file() else "",
        diagnoses=diagnoses_of(spec, folder),
        worth=_rows(WorthRow, worth) if worth.is_file() else (),
        evidence=_rows(Evidence, evidence) if evidence.is_file() else (),
        software=Software(
            manifest.get("code", {}),
            manifest.get("python", ""),
            manifest.get("packages", {}),
            manifest.get("lock_sha256"),
        ),
    )


def _spec(manifest: Mapping[str, Any], folder: Path) -> Spec:
    try:
        tables = tables_of(manifest["spec"])
    except ValueError:
        raise DataError(
            f"{folder}: the spec in manifest.json is not TOML; restore the manifest"
        ) from None
    origin = Origin(folder=folder)
    label = f"{folder / 'manifest.json'}: spec"
    return build_spec(
        tables, catalogue(), settings=parse_settings(()), origin=origin, label=label,
        with_paths=False,
    )  # fmt: skip


def _rows(row_type: type[R], path: Path) -> tuple[R, ...]:
    try:
        return csv_rows(row_type, _text(path))
    except ValueError as error:
        # The text of an error about one value would hold it.
        words = f"{error}" if "columns" in f"{error}" else "holds a value that is none of its kind"
        raise DataError(f"{path}: {words}; run the spec again") from None


def _observed(folder: Path) -> dict[str, PointTable]:
    if not folder.is_dir():
        return {}
    return {path.stem: read_points(_text(path)) for path in sorted(folder.glob("*.csv"))}


def _notes(path: Path) -> tuple[str, ...]:
    if not path.is_file():
        return ()
    try:
        notes: Any = json.loads(_text(path))
    except json.JSONDecodeError:
        notes = None
    if not isinstance(notes, list):
        raise DataError(f"{path}: is no list of notes; run the spec again")
    return tuple(str(note) for note in notes)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DataError(f"{path}: is missing; run the spec again") from None
    except (OSError, UnicodeDecodeError):
        raise DataError(f"{path}: cannot be read; run the spec again") from None
