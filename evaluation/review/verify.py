"""Run a manifest's spec again and compare number by number."""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.catalogue import catalogue
from evaluation.errors import DataError, VerificationError
from evaluation.pipeline import run_spec
from evaluation.report.horizons import by_horizon
from evaluation.report.manifest_file import read_manifest
from evaluation.report.record import Record
from evaluation.results import Estimate, cells_of, columns_of, text_of
from evaluation.review.starting_folder import starting_folder
from evaluation.spec.loader import build_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import apply_overrides, parse_settings
from evaluation.spec.text import tables_of

# Relative to the standard error for estimates, to the value itself for everything else.
TOLERANCE = 1e-8
NUMBERS = ("estimate", "std_error", "conf_low", "conf_high", "p_value")


@dataclass(frozen=True)
class Comparison:
    """One number inside and recomputed.

    Attributes
    ----------
    place
        Row and column in words.
    printed, recomputed
        As texts, empty for none.
    gap
        Absolute difference; ``nan`` where one of the two is no number.
    differs
        Whether the gap exceeds the tolerance.
    """

    place: str
    printed: str
    recomputed: str
    gap: float
    differs: bool


def verify(
    folder: Path,
    *,
    settings: Iterable[str] = (),
    allowed: Iterable[Path] = (),
    cells: Path | None = None,
) -> tuple[Comparison, ...]:
    """Run the spec of ``folder/manifest.json`` again and compare every number printed.

    Parameters
    ----------
    folder
        The outputs.
    settings, allowed
        As of the run.
    cells
        Folder of the cells that the run was estimated from, where it was from cells.

    Raises
    ------
    DataError
        Where the folder holds no manifest or estimates.
    VerificationError
        Where the inputs are not those of the manifest.
    """
    manifest = read_manifest(folder)
    printed = _printed(folder)
    record = _run_again(manifest, settings, allowed, folder, cells)
    changed = [
        f"{name}: the input differs from the one in the manifest"
        if name in record.inputs or cells is not None
        else f"{name}: the manifest names it, and this run did not read it; where the outputs were "
        "estimated from cells, name their folder with --cells"
        for name, digest in manifest["inputs"].items()
        if record.inputs.get(name) != digest
    ]
    if changed:
        raise VerificationError(*changed)
    return tuple(_compare(printed, by_horizon(record.estimates)))


def _printed(folder: Path) -> list[dict[str, str]]:
    for path in (folder / "restricted" / "estimates.csv", folder / "estimates.csv"):
        if path.is_file():
            with path.open(encoding="utf-8", newline="") as file:
                reader = csv.DictReader(file)
                if tuple(reader.fieldnames or ()) != columns_of(Estimate):
                    raise DataError(f"{path}: has other columns than estimates.csv; restore it")
                return list(reader)
    raise DataError(f"{folder}: holds no estimates.csv; give an output folder")


def _run_again(
    manifest: dict[str, Any],
    settings: Iterable[str],
    allowed: Iterable[Path],
    folder: Path,
    cells: Path | None,
) -> Record:
    """Run the resolved spec without what judges its numbers, of which none is compared."""
    chosen = parse_settings(settings)
    try:
        tables = tables_of(manifest["spec"])
    except ValueError:
        raise DataError(
            f"{folder}: the spec in manifest.json is not TOML; restore the manifest"
        ) from None
    # What may leave changes no number, and a policy of one's own need not be at hand.
    tables = {name: table for name, table in tables.items() if name != "disclosure"}
    asked = apply_overrides(tables, chosen)
    origin = Origin(
        # Nothing that the spec names is read where cells are given.
        folder=folder if cells else starting_folder(asked, manifest["spec_id"], folder),
        values={**os.environ, **chosen.values},
        allowed=tuple(allowed),
    )
    spec = build_spec(
        tables, catalogue(), settings=chosen, origin=origin, label="manifest.json",
        with_paths=cells is None,
    )  # fmt: skip
    unjudged = spec.model_copy(update={"checks": (), "smallest_effect_of_interest": ()})
    blind = manifest.get("blind") is True
    return run_spec(unjudged.bound_to(spec.origin), with_truth=False, cells=cells, blind=blind)


def _compare(printed: list[dict[str, str]], rows: tuple[Estimate, ...]) -> Iterable[Comparison]:
    if len(printed) != len(rows):
        yield Comparison("number of rows", str(len(printed)), str(len(rows)), math.nan, True)
    for old, new in zip(printed, rows, strict=False):
        fresh = {name: text_of(value) for name, value in cells_of(new).items()}
        place = " ".join(
            old[name] for name in ("model_id", "outcome", "estimand", "subgroup", "term", "cohort",
                                   "period", "event_time") if old[name]
        )  # fmt: skip
        scale = _number(fresh["std_error"])
        for name in columns_of(Estimate):
            if name in NUMBERS:
                yield _compared(f"{place} {name}", old[name], fresh[name], scale)
            elif old[name] != fresh[name]:
                yield Comparison(f"{place} {name}", old[name], fresh[name], math.nan, True)


def _compared(place: str, old: str, new: str, scale: float) -> Comparison:
    first, second = _number(old), _number(new)
    if math.isnan(first) or math.isnan(second):
        return Comparison(place, old, new, math.nan, old != new)
    gap = abs(first - second)
    unit = max(abs(second), scale if not math.isnan(scale) else 0.0)
    return Comparison(place, old, new, gap, gap > TOLERANCE * unit)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
