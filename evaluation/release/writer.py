"""Write a run's outputs at once: the folder of the previous run stays whole until then."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from evaluation.data.durable.beside import is_beside
from evaluation.data.durable.replacing import replacing
from evaluation.data.registers.report import NAME as PANEL_REPORT
from evaluation.errors import EnvironmentProblem
from evaluation.release.manifest import manifest_of, manifest_text
from evaluation.release.signoff import signoff_path
from evaluation.release.summary import summary_of
from evaluation.report.csvs import csv_text
from evaluation.report.diagnosed import diagnoses_of
from evaluation.report.evidence.figures import FIGURE, figure_evidence
from evaluation.report.figures.plot import Plot
from evaluation.report.horizons import by_horizon
from evaluation.report.page import page
from evaluation.report.pictures import pictures_of
from evaluation.report.reading import NOTES, OBSERVED
from evaluation.report.record import Record
from evaluation.results import (
    Check,
    Detail,
    Estimate,
    Evidence,
    JoinCoverage,
    Specification,
    WorthRow,
)
from evaluation.spec.policy_files import FOLDER, own_policies

FIGURES = "figures"
SIGNOFF = "signoff.jsonl"  # decisions of people on earlier releases
EVIDENCE = "evidence.csv"


def write_record(record: Record, out: Path) -> Path:
    """Write a record to ``out/<id>``, a blind one to ``out/<id>-blind``, and return that folder.

    A run that is interrupted leaves the outputs of the previous one whole.

    Raises
    ------
    EnvironmentProblem
        Where the folder cannot be written.
    """
    folder = out / record.folder
    if folder.exists() and not folder.is_dir():
        raise EnvironmentProblem(
            f"{folder}: is a file where a folder for outputs should be; move it away"
        )
    record = replace(record, diagnoses=diagnoses_of(record.spec, folder))
    with replacing(folder, durable=_released(folder)) as fresh:
        restricted = fresh / "restricted"
        restricted.mkdir()
        for name, text in {**result_files(record), **_observed(record)}.items():
            path = restricted / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        _write_shown(record, restricted)
        manifest = manifest_of(record)
        (fresh / "manifest.json").write_text(
            manifest_text(manifest), encoding="utf-8", newline="\n"
        )
        _write_policy(record, fresh)
        _write_json(fresh / "result.json", summary_of(record, fresh))
        _keep_others(folder, fresh)
    return folder


def write_pages(record: Record, folder: Path) -> None:
    """Make the page and figures of a run again, in the place of those that are there.

    Parameters
    ----------
    record
        What the run wrote, as ``report/reading.py`` reads it.
    folder
        Its outputs.

    Raises
    ------
    EnvironmentProblem
        Where the folder cannot be written.
    """
    record = replace(record, diagnoses=diagnoses_of(record.spec, folder))
    with replacing(folder, durable=_released(folder)) as fresh:
        shutil.copytree(folder, fresh, ignore=_beside, symlinks=True, dirs_exist_ok=True)
        shutil.rmtree(fresh / "restricted" / FIGURES, ignore_errors=True)
        _write_shown(record, fresh / "restricted")
        _write_json(fresh / "result.json", summary_of(record, fresh))


def _write_shown(record: Record, restricted: Path) -> None:
    """Write what people look at: every figure is drawn once, for the page and for its own file."""
    pictures = pictures_of(record)
    figures = restricted / FIGURES
    for picture in pictures:
        figures.mkdir(exist_ok=True)
        (figures / f"{picture.plot.name}.png").write_bytes(picture.png)
        points = picture.plot.points.csv()
        (figures / f"{picture.plot.name}.csv").write_text(points, encoding="utf-8", newline="\n")
    evidence = _evidence(record, [picture.plot for picture in pictures])
    if evidence:
        (restricted / EVIDENCE).write_text(evidence, encoding="utf-8", newline="\n")
    shown = page(record, pictures)
    (restricted / "report.html").write_text(shown, encoding="utf-8", newline="\n")


def _evidence(record: Record, plots: Sequence[Plot]) -> str:
    """Return what stands behind result files, with that of the figures as they are drawn now."""
    files = [one for one in record.evidence if not one.artefact.startswith(FIGURE)]
    rows = (*files, *figure_evidence(record, plots))
    return csv_text(Evidence, rows) if rows else ""


def result_files(record: Record) -> dict[str, str]:
    """Return the result files of a record by name: what the command and a notebook share."""
    files = {
        "estimates.csv": csv_text(Estimate, by_horizon(record.estimates)),
        "details.csv": csv_text(Detail, by_horizon(record.details)),
        "checks.csv": csv_text(Check, by_horizon(record.checks)),
    }
    if record.specifications:
        files["specifications.csv"] = csv_text(Specification, record.specifications)
    if record.worth:
        files["worth.csv"] = csv_text(WorthRow, record.worth)
    if record.coverage:
        files["joins.csv"] = csv_text(JoinCoverage, record.coverage)
    if record.panel_report:
        files[PANEL_REPORT] = record.panel_report
    if record.notes:
        files[NOTES] = json.dumps(record.notes, indent=2, ensure_ascii=False) + "\n"
    return files


def _observed(record: Record) -> dict[str, str]:
    return {f"{OBSERVED}/{name}.csv": points.csv() for name, points in record.observed.items()}


def _write_policy(record: Record, fresh: Path) -> None:
    """Keep a spec's own policy beside its outputs, so that these are judged by it without the spec.

    ``policies/`` there is beside the outputs as it was beside the spec.
    """
    asked = record.spec.disclosure
    own = own_policies(record.spec.origin.folder)
    if asked is not None and asked.policy in own:
        kept = fresh / FOLDER / f"{asked.policy}.toml"
        kept.parent.mkdir()
        shutil.copyfile(own[asked.policy], kept)


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8", newline="\n")


def _keep_others(old: Path, fresh: Path) -> None:
    """Carry over what other verbs wrote, what was released and cells: a run never touches it."""
    for name in ("release", "cells", "diagnose", "power"):
        if (old / name).is_dir():
            shutil.copytree(old / name, fresh / name, symlinks=True)
    signed = old / "restricted" / SIGNOFF
    if signed.is_file():
        shutil.copyfile(signed, fresh / "restricted" / SIGNOFF)
    # Sign-offs are only ever added to; each names what it is on.
    if signoff_path(old).is_file():
        shutil.copyfile(signoff_path(old), signoff_path(fresh))


def _released(folder: Path) -> bool:
    """Return whether a release would be carried over, which cannot be made again as it was."""
    return (folder / "release").is_dir()


def _beside(folder: str, names: list[str]) -> list[str]:
    """Return what a process that was killed left within outputs."""
    del folder
    return [name for name in names if is_beside(name)]
