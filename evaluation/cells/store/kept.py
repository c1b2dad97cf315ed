"""One build of cells in a folder: ``cells.json`` and a parquet file for each pass."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from evaluation.cells.gathered import UnitFacts
from evaluation.cells.plan import PairPass, Plan
from evaluation.cells.relation import ColumnFacts
from evaluation.cells.store.frames import read_frame
from evaluation.cells.store.pairs import pairs_of_frame
from evaluation.cells.store.plain import from_plain
from evaluation.data.moments import PairCells
from evaluation.data.panel import FlowStep
from evaluation.errors import DataError

SCHEMA_VERSION = 1
NAME = "cells.json"
UNITS = "units"


@dataclass(frozen=True)
class Facts:
    """What ``cells.json`` says beside the plan.

    Attributes
    ----------
    inputs
        Digest of every input by a printable name.
    source
        Digest of how rows are read from them, and of the code that does.
    flow
        Rows and units left after each step of the sample.
    columns
        Facts by column, from which the plan was made.
    first_post
        First period after the reform among all rows read.
    duplicates, varying, origin, patterns, starts, axis
        As :class:`evaluation.cells.gathered.UnitFacts` has them; ``duplicates`` is ``None`` where
        nobody looked at units.
    notes
        What must be said of how sums were taken, by pass.
    spec
        Id of the spec for which they were written; empty for cells that any spec may use.
    """

    inputs: dict[str, str]
    source: str
    flow: tuple[FlowStep, ...]
    columns: dict[str, ColumnFacts] = field(default_factory=dict)
    first_post: int | None = None
    duplicates: int | None = None
    varying: dict[str, int] = field(default_factory=dict)
    origin: int = 0
    patterns: tuple[tuple[int, ...], ...] = ()
    starts: int | None = None
    axis: str | None = None
    notes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    spec: str = ""


@dataclass(frozen=True)
class Kept:
    """A build of cells.

    Attributes
    ----------
    folder
        Where its files stand.
    plan
        What was built.
    facts
        What is known beside.
    files
        SHA-256 of every file by name.
    """

    folder: Path
    plan: Plan
    facts: Facts
    files: Mapping[str, str]

    def frame(self, name: str) -> pd.DataFrame:
        """Return the table of a pass, its file proved to be the one that was written.

        Raises
        ------
        DataError
            Where the file is missing, or is not the one that was written.
        """
        file = f"{name}.parquet"
        if file not in self.files:
            raise DataError(f"{file}: is not among the files of cells.json; build the cells again")
        path = self.folder / file
        try:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError:
            raise DataError(f"{file}: cannot be read; build the cells again") from None
        if digest != self.files[file]:
            raise DataError(f"{file}: is not the file that cells.json names; build the cells again")
        return read_frame(path)

    def pair_cells(self, one: PairPass) -> PairCells:
        """Return the pair cells of a pass, its file proved as that of any other.

        Raises
        ------
        DataError
            As for a table, and where a pair is missing.
        """
        names = ("one", "y", *(quantity.name for quantity in one.quantities[1:]))
        return pairs_of_frame(self.frame(one.name), names, one.name)

    @cached_property
    def units(self) -> UnitFacts | None:
        """What whole histories show, ``None`` where nobody looked."""
        facts = self.facts
        if facts.duplicates is None:
            return None
        histories = self.frame(UNITS) if f"{UNITS}.parquet" in self.files else pd.DataFrame()
        return UnitFacts(
            facts.flow, facts.duplicates, facts.varying, histories, facts.origin, facts.patterns,
            facts.starts, facts.axis,
        )  # fmt: skip


def read_kept(folder: Path) -> Kept:
    """Return the build in a folder; its tables are read when they are asked for.

    Raises
    ------
    DataError
        Where there is no whole ``cells.json`` of this version.
    """
    try:
        tables: dict[str, Any] = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except OSError:
        raise DataError(f"{NAME}: cannot be read; build the cells again") from None
    except ValueError:
        raise DataError(f"{NAME}: is not whole; build the cells again") from None
    version = tables.get("schema_version") if isinstance(tables, dict) else None
    if version != SCHEMA_VERSION:
        raise DataError(
            f"{NAME}: has another version than {SCHEMA_VERSION}, which this program reads; build "
            "the cells again"
        )
    try:
        return Kept(
            folder,
            from_plain(Plan, tables["plan"]),
            from_plain(Facts, tables["facts"]),
            from_plain(dict[str, str], tables["files"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        raise DataError(f"{NAME}: does not describe cells; build the cells again") from None
