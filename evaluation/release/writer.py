"""Write a run's outputs at once: into a temporary folder beside the old one, then renamed."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from evaluation.errors import EnvironmentProblem
from evaluation.release.manifest import manifest_of, manifest_text
from evaluation.release.summary import summary_of
from evaluation.report.csvs import csv_text
from evaluation.report.figures.choice import figures_of
from evaluation.report.page import page
from evaluation.report.record import Record
from evaluation.results import Check, Detail, Estimate


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
    with _replacing(folder) as fresh:
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
        _keep_release(folder, fresh)
    return folder


def result_files(record: Record) -> dict[str, str]:
    """Return the result files of a record by name: what the command and a notebook share."""
    return {
        "estimates.csv": csv_text(Estimate, record.estimates),
        "details.csv": csv_text(Detail, record.details),
        "checks.csv": csv_text(Check, record.checks),
    }


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8", newline="\n")


def _keep_release(old: Path, fresh: Path) -> None:
    """Carry over what was released: a run never touches it."""
    if (old / "release").is_dir():
        shutil.copytree(old / "release", fresh / "release", symlinks=True)


@contextmanager
def _replacing(folder: Path) -> Iterator[Path]:
    """Give an empty folder that takes the place of ``folder`` if all goes well."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise _not_writable(folder.parent, error) from None
    try:
        try:
            yield fresh
            fresh.chmod(0o755)
            _swap(fresh, folder)
        except OSError as error:
            raise _not_writable(folder, error) from None
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _swap(fresh: Path, folder: Path) -> None:
    """Rename ``fresh`` into place; the old folder is moved aside first, and back if that fails."""
    if not folder.exists():
        fresh.rename(folder)
        return
    aside = fresh.with_name(f"{fresh.name}-old")
    folder.rename(aside)
    try:
        fresh.rename(folder)
    finally:
        # Also when interrupted between the two: what was there comes back.
        if not folder.exists():
            aside.rename(folder)
    shutil.rmtree(aside, ignore_errors=True)


def _not_writable(folder: Path, error: OSError) -> EnvironmentProblem:
    return EnvironmentProblem(
        f"{folder}: cannot be written ({error.strerror or type(error).__name__}); "
        "choose another folder with --out"
    )
