"""Write a run's outputs at once: the folder of the previous run stays whole until then."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from evaluation.data.registers.report import NAME as PANEL_REPORT
from evaluation.errors import EnvironmentProblem
from evaluation.release.manifest import manifest_of, manifest_text
from evaluation.release.replacing import replacing
from evaluation.release.summary import summary_of
from evaluation.report.csvs import csv_text
from evaluation.report.figures.choice import figures_of
from evaluation.report.horizons import by_horizon
from evaluation.report.page import page
from evaluation.report.record import Record
from evaluation.results import Check, Detail, Estimate, JoinCoverage


def write_record(record: Record, out: Path) -> Path:
    """Write a record to ``out/<id>`` and return that folder.

    A run that is interrupted leaves the outputs of the previous one whole.

    Raises
    ------
    EnvironmentProblem
        Where the folder cannot be written.
    """
    folder = out / record.spec.id
    if folder.exists() and not folder.is_dir():
        raise EnvironmentProblem(
            f"{folder}: is a file where a folder for outputs should be; move it away"
        )
    with replacing(folder) as fresh:
        restricted = fresh / "restricted"
        restricted.mkdir()
        for name, text in result_files(record).items():
            (restricted / name).write_text(text, encoding="utf-8", newline="\n")
        (restricted / "report.html").write_text(page(record), encoding="utf-8", newline="\n")
        figures = restricted / "figures"
        for name, draw in figures_of(record).items():
            figures.mkdir(exist_ok=True)
            (figures / f"{name}.png").write_bytes(draw())
        manifest = manifest_of(record)
        (fresh / "manifest.json").write_text(
            manifest_text(manifest), encoding="utf-8", newline="\n"
        )
        _write_json(fresh / "result.json", summary_of(record, fresh))
        _keep_others(folder, fresh)
    return folder


def result_files(record: Record) -> dict[str, str]:
    """Return the result files of a record by name: what the command and a notebook share."""
    files = {
        "estimates.csv": csv_text(Estimate, by_horizon(record.estimates)),
        "details.csv": csv_text(Detail, by_horizon(record.details)),
        "checks.csv": csv_text(Check, by_horizon(record.checks)),
    }
    if record.coverage:
        files["joins.csv"] = csv_text(JoinCoverage, record.coverage)
    if record.panel_report:
        files[PANEL_REPORT] = record.panel_report
    return files


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8", newline="\n")


def _keep_others(old: Path, fresh: Path) -> None:
    """Carry over what other verbs wrote, what was released and cells: a run never touches it."""
    for name in ("release", "cells"):
        if (old / name).is_dir():
            shutil.copytree(old / name, fresh / name, symlinks=True)
