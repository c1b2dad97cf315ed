"""Cells that were handed over: by this program, or by a warehouse that ran its SELECTs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from evaluation.cells.gathered import CellTable, Gathered
from evaluation.cells.plan import MISSING, ROWS, WEIGHT, CellPass, PairPass, Plan
from evaluation.cells.relation import ColumnFacts
from evaluation.cells.store.find import find_cells
from evaluation.cells.store.frames import read_frame
from evaluation.cells.store.implied import left_over
from evaluation.cells.store.kept import NAME, Kept, read_kept
from evaluation.cells.store.pairs import pairs_of_frame
from evaluation.cells.sums import sum_name
from evaluation.data.hashing import file_digest
from evaluation.data.moments import PairCells
from evaluation.data.plain import plain_columns
from evaluation.errors import DataError, UsageError
from evaluation.spec.spec import Spec

Columns = Mapping[str, ColumnFacts]
CELLS = "cells"


def given_cells(spec: Spec, folder: Path, plan_of: Callable[[Columns | None], Plan]) -> Gathered:
    """Return the cells that a folder holds for a spec; no rows are touched.

    With ``cells.json`` they may answer more than they were built for. Without, the files are those
    of the passes that the spec's text alone plans, ``cells_1.parquet`` and on.

    Parameters
    ----------
    spec
        What is asked.
    folder
        The files, or a folder ``cells`` that holds them.
    plan_of
        Makes the plan from facts of columns, or from none.

    Raises
    ------
    UsageError
        Where there is no such folder, or it holds no cells.
    DataError
        Where cells are damaged, or do not answer the spec.
    """
    folder = _folder(folder)
    if not (folder / NAME).exists():
        return _from_files(folder, plan_of(None))
    kept = read_kept(folder)
    plan = plan_of(kept.facts.columns or None)
    _refuse_other_rows(plan, kept)
    for file in kept.files:
        kept.frame(file.removesuffix(".parquet"))
    found = find_cells(plan, (kept,))
    if not found.tables and plan.passes:
        raise DataError(
            f"--cells: the cells hold other columns or sums than {spec.id} asks for; build them "
            "again with activity-duty cells"
        )
    return Gathered(
        plan, found.tables, found.pairs, found.units, kept.facts.inputs, "given",
        flow=found.flow, first_post=found.first_post,
    )  # fmt: skip


def _folder(folder: Path) -> Path:
    if not folder.is_dir():
        raise UsageError(
            f"--cells {folder}: no such folder; give the one that activity-duty cells wrote, or "
            "that holds cells_1.parquet"
        )
    inner = folder / CELLS
    return inner if not (folder / NAME).exists() and inner.is_dir() else folder


def _refuse_other_rows(plan: Plan, kept: Kept) -> None:
    """Refuse cells of other rows than the spec's sample."""
    if left_over(plan.conditions, kept.plan.conditions) is not None:
        return
    asked = [one.step for one in kept.plan.conditions if left_over(plan.conditions, (one,)) is None]
    raise DataError(
        f"--cells: the cells were built from fewer rows than the spec asks for ({asked[0]}); build "
        "them again, or narrow the sample"
    )


def _from_files(folder: Path, plan: Plan) -> Gathered:
    names = [one.name for one in plan.passes]
    if not names:
        reasons = "; ".join(dict.fromkeys(route.reason for route in plan.routes if route.reason))
        raise UsageError(f"--cells: no model of the spec runs from cells ({reasons})")
    there = [name for name in names if (folder / f"{name}.parquet").is_file()]
    if not there:
        raise UsageError(
            f"--cells {folder}: holds neither {NAME} nor {names[0]}.parquet; see activity-duty "
            "cells --sql"
        )
    tables = {one.name: _table(folder, plan, one) for one in plan.passes if one.name in there}
    pairs = {
        one.name: _pairs(folder, one)
        for one in plan.pairs
        if (folder / f"{one.name}.parquet").is_file()
    }
    files = [*there, *pairs]
    inputs = {f"{name}.parquet": file_digest(folder / f"{name}.parquet") for name in files}
    return Gathered(plan, tables, pairs, None, inputs, "given")


def _table(folder: Path, plan: Plan, made: CellPass) -> CellTable:
    file = f"{made.name}.parquet"
    frame = plain_columns(read_frame(folder / file))
    counts = [ROWS, MISSING]
    sums = [sum_name(one.name) for one in made.quantities]
    sums += [
        sum_name(made.quantities[low].name, made.quantities[high].name)
        for low, high in made.products
    ]
    weight = [] if plan.weight is None else [WEIGHT]
    columns = [*made.key, *counts, *weight, *sums]
    lacking = [column for column in columns if column not in frame]
    if lacking:
        raise DataError(f"{file}: no column {lacking[0]!r}; run the SELECT of {made.name} again")
    for column in counts:
        values = frame[column]
        if values.isna().any():
            raise DataError(f"{file}: column {column!r} has missing values; it counts rows")
        whole = pd.api.types.is_numeric_dtype(values) and (values == np.floor(values)).all()
        if not whole or (values < (1 if column == ROWS else 0)).any():
            raise DataError(f"{file}: column {column!r} must hold whole numbers, rows above 0")
        frame[column] = values.astype(np.int64)
    for column in sums:
        if not pd.api.types.is_numeric_dtype(frame[column]) and frame[column].dtype != object:
            raise DataError(f"{file}: column {column!r} holds text; it must hold numbers")
        if frame[column].isna().any():
            raise DataError(
                f"{file}: column {column!r} has missing values; a sum over nothing is 0"
            )
    if not len(frame):
        raise DataError(f"{file}: holds no cells; check the SELECT and the sample")
    twice = int(frame.duplicated([*made.key, MISSING]).sum())
    if twice:
        raise DataError(
            f"{file}: {twice} cells stand twice; save the result of the SELECT once, as it is"
        )
    return CellTable(made, plan.conditions, frame.loc[:, columns])


def _pairs(folder: Path, one: PairPass) -> PairCells:
    names = ("one", "y", *(quantity.name for quantity in one.quantities[1:]))
    file = f"{one.name}.parquet"
    return pairs_of_frame(read_frame(folder / file), names, file)
