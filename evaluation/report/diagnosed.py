"""What ``diagnose`` found of a spec, read from beside its outputs, and the designs that fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation.errors import DataError
from evaluation.report.csvs import csv_rows
from evaluation.report.language import Language
from evaluation.results import Diagnosis
from evaluation.spec.design_digest import design_digest
from evaluation.spec.spec import Spec

FOLDER = "diagnose"
FAILING = ("biased", "under_covers", "no_estimate")
DIGITS = 2


@dataclass(frozen=True)
class Failing:
    """A design that fails in a world.

    Attributes
    ----------
    row
        What was found.
    sentence
        It in words, with how many replications say so.
    """

    row: Diagnosis
    sentence: str


def read_diagnoses(folder: Path) -> tuple[Diagnosis, ...]:
    """Return the rows of all worlds in ``folder``, by world; none where there is no such folder.

    Raises
    ------
    DataError
        Where a file cannot be read as such rows.
    """
    found: list[Diagnosis] = []
    for path in sorted(folder.glob("*.csv")):
        try:
            found += csv_rows(Diagnosis, path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise DataError(
                f"{path}: cannot be read; remove it, or diagnose the spec again"
            ) from None
    return tuple(found)


def failing_designs(rows: Sequence[Diagnosis], words: Language) -> tuple[Failing, ...]:
    """Return the designs that fail, in the order of rows; none where nothing was diagnosed."""
    return tuple(Failing(row, failing_words(row, words)) for row in rows if row.verdict in FAILING)


def failing_words(row: Diagnosis, words: Language) -> str:
    """Return in words what is wrong with a number in a world."""
    verdict = words.text(
        f"diagnosis.fails.{row.verdict}",
        bias=words.signed(row.bias_in_std_errors or 0.0, DIGITS),
        coverage=words.percent(row.coverage or 0.0, 1),
        least=words.percent(row.coverage_least or 0.0, 1),
        reason=row.reason,
    )
    return words.text(
        "diagnosis.sentence",
        world=row.world,
        model=row.model_id,
        number=number_words(row, words),
        verdict=verdict,
        replications=words.count(row.replications),
        persons=words.count(row.persons),
    )


def number_words(row: Diagnosis, words: Language) -> str:
    """Return which number of a model a row is about: outcome, horizon and place."""
    horizon = (
        "" if row.horizon is None else words.text("diagnosis.horizon", months=str(row.horizon))
    )
    return ", ".join(part for part in (row.outcome, horizon, row.term) if part)


def diagnoses_of(spec: Spec, folder: Path) -> tuple[Diagnosis, ...]:
    """Return what was found of a spec's own design beside its outputs in ``folder``.

    Rows of the spec as it was before its design was changed are left out.
    """
    own = design_digest(spec)
    return tuple(row for row in read_diagnoses(folder / FOLDER) if row.design == own)
