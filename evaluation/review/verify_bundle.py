"""Recompute the printed numbers of a bundle from its cells, on a machine with nothing else."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from evaluation.errors import DataError
from evaluation.release.bundle.bounds import Bound, bounds_of
from evaluation.release.bundle.contents import COARSER, GAPS, LOST, POLICY, PRINTED, Gap
from evaluation.release.bundle.gaps import (
    EXPLAINED,
    NOT_RECOMPUTED,
    RECOMPUTED,
    ROUNDED,
    bounded,
)
from evaluation.release.bundle.guard import AGAIN
from evaluation.release.bundle.numbers import LAYOUTS, Key, Number, numbers_of, same
from evaluation.release.bundle.opened import opened
from evaluation.release.bundle.read import Bundle, read_bundle
from evaluation.release.bundle.recompute import Rows, recompute
from evaluation.release.policy import policy_from
from evaluation.release.protection import protection_of
from evaluation.report.csvs import csv_rows

DIFFERS = "differs"
NO_CELLS = "the bundle holds no cells"


@dataclass(frozen=True)
class Verification:
    """What a bundle was found to hold.

    Attributes
    ----------
    bundle
        As read.
    gaps
        Every printed number, with the one recomputed here; verdict ``recomputed``, ``explained``,
        ``not recomputed`` or ``differs``.
    lost
        What the bundle says its cells have lost, a line for each file.
    """

    bundle: Bundle
    gaps: tuple[Gap, ...]
    lost: tuple[str, ...]

    def having(self, verdict: str) -> tuple[Gap, ...]:
        """Return the printed numbers with a verdict."""
        return tuple(one for one in self.gaps if one.verdict == verdict)

    def share(self, verdict: str) -> float:
        """Return the share of printed numbers with a verdict; ``nan`` where none is printed."""
        return len(self.having(verdict)) / len(self.gaps) if self.gaps else math.nan


def verify_bundle(path: Path) -> Verification:
    """Estimate a bundle's spec from its cells and compare every printed number.

    Parameters
    ----------
    path
        A zip that ``release --bundle`` wrote.

    Raises
    ------
    DataError
        Where the bundle is damaged or is none.
    SpecError
        Where this version does not know its spec.
    """
    bundle = read_bundle(path)
    printed = _printed(bundle)
    recorded = _recorded(bundle)
    lost = tuple(_table(bundle, LOST))
    taken = any(one.get("made") != one.get("released") or one.get("changed") != "0" for one in lost)
    fresh: Rows = {}
    found: dict[Key, Number] = {}
    asked = {key: one for file, rows in printed.items() for key, one in
             numbers_of(file, rows).items()}  # fmt: skip
    bounds: Mapping[Key, Bound] = {}
    protection = protection_of(policy_from(bundle.text(POLICY), "bundle"))
    if bundle.has_cells:
        with opened(bundle) as (spec, cells):
            fresh = recompute(spec, cells, alone=bool(bundle.manifest.get(COARSER)))
            for file, rows in fresh.items():
                found |= numbers_of(file, rows)
            if taken:
                bounds = bounds_of(spec, cells, asked, found, protection)
    gaps = []
    for key, one in asked.items():
        told = recorded.get((one.file, str(one.row), one.column), {})
        gap = _gap(one, found.get(key), told, taken)
        gaps.append(bounded(gap, one, bounds.get(key), protection, DIFFERS))
    return Verification(bundle, tuple(gaps), tuple(map(_loss, lost)))


def _gap(printed: Number, fresh: Number | None, told: Mapping[str, str], taken: bool) -> Gap:
    """Judge one number; the bundle's own word counts only where its own gap is found again."""
    value = None if fresh is None else fresh.value
    gap = None if value is None else abs(printed.value - value)
    why = told.get("explanation", "")
    verdict = DIFFERS
    if value is None and told.get("verdict") == NOT_RECOMPUTED:
        verdict = NOT_RECOMPUTED
    elif value is not None and same(printed, value):
        verdict, why = RECOMPUTED, ""
    elif value is not None and told.get("verdict") == EXPLAINED and _explains(why, taken):
        known = _number(told.get("recomputed", ""))
        verdict = EXPLAINED if known is not None and _near(printed, known, value) else DIFFERS
    if verdict == DIFFERS:
        why = "the bundle says otherwise" if told else f"{GAPS} does not name it"
    return Gap(
        printed.file, printed.row, printed.column, printed.model_id, printed.place, printed.value,
        value, gap, verdict, why,
    )  # fmt: skip


def _explains(why: str, taken: bool) -> bool:
    """Whether a recorded reason is one: cells that lost something, or a rounded print."""
    return bool(why) and (taken or why.startswith(ROUNDED))


def _near(printed: Number, known: float, value: float) -> bool:
    """Whether the number recomputed here is the one that the bundle was written with."""
    at = Number(
        printed.file, printed.row, printed.column, printed.model_id, printed.place, known,
        printed.scale, printed.count,
    )  # fmt: skip
    return same(at, value)


def _printed(bundle: Bundle) -> Rows:
    names = (name for name in LAYOUTS if f"{PRINTED}/{name}" in bundle.files)
    try:
        rows = {
            name: csv_rows(LAYOUTS[name].row_type, bundle.text(f"{PRINTED}/{name}"))
            for name in names
        }
    except ValueError:
        raise DataError(f"{bundle.path}: {PRINTED}: has other columns or values; {AGAIN}") from None
    if "estimates.csv" not in rows:
        raise DataError(f"{bundle.path}: holds no {PRINTED}/estimates.csv; {AGAIN}")
    return rows


def _recorded(bundle: Bundle) -> dict[tuple[str, str, str], dict[str, str]]:
    return {
        (one.get("file", ""), one.get("row", ""), one.get("column", "")): one
        for one in _table(bundle, GAPS)
    }


def _table(bundle: Bundle, name: str) -> list[dict[str, str]]:
    rows = csv.DictReader(io.StringIO(bundle.text(name)))
    return [{str(key): value or "" for key, value in row.items()} for row in rows]


def _loss(row: Mapping[str, str]) -> str:
    told = {"made": "cells made", "released": "released", "changed": "rounded or merged"}
    counts = ", ".join(f"{row.get(name, '')} {words}" for name, words in told.items())
    words = row.get("words", "")
    return f"{row.get('cells', '')}: {counts}" + (f" ({words})" if words else "")


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
