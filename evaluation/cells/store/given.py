"""Cells that were handed over: by this program, or by a warehouse that ran its SELECTs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from evaluation.cells.cell_pass import NEGATIVE, REFUSED, exposure_mark
from evaluation.cells.centres import centre_name
from evaluation.cells.expressions.shares import SCALE
from evaluation.cells.gathered import CellTable, Gathered
from evaluation.cells.origin import derived_mark
from evaluation.cells.plan import MISSING, ROWS, SHARE, WEIGHT, CellPass, PairPass, Plan
from evaluation.cells.relation import ColumnFacts
from evaluation.cells.store.find import find_cells
from evaluation.cells.store.frames import read_frame
from evaluation.cells.store.kept import NAME, Kept, read_kept
from evaluation.cells.store.lacking import lacking, rows_left_out
from evaluation.cells.store.pairs import pairs_of_frame
from evaluation.cells.sums import missing_bit, sum_name
from evaluation.data.designs._exposure import FAULTS
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
    if derived_mark(spec).lstrip(".") != kept.facts.source.partition(".")[2]:
        raise DataError(
            f"--cells: the cells were built with other derived columns or joins than {spec.id} "
            "has; build them again with activity-duty cells"
        )
    plan = plan_of(kept.facts.columns or None)
    _refuse_other_rows(spec, plan, kept)
    for file in kept.files:
        kept.frame(file.removesuffix(".parquet"))
    found = find_cells(plan, (kept,))
    lacks = {one.name: lacking(plan, one, kept) for one in plan.passes}
    if not found.tables and plan.passes:
        whose = f" of {kept.facts.spec}" if kept.facts.spec not in ("", spec.id) else ""
        raise DataError(
            f"--cells: the cells{whose} hold other columns or sums than {spec.id} asks for "
            f"({'; '.join(dict.fromkeys(filter(None, lacks.values())))}); build them again with: "
            f"activity-duty cells {spec.id}"
        )
    return Gathered(
        plan, found.tables, found.pairs, found.units, kept.facts.inputs, "given",
        flow=found.flow, first_post=found.first_post,
        lacking={name: words for name, words in lacks.items() if words},
    )  # fmt: skip


def _folder(folder: Path) -> Path:
    if not folder.is_dir():
        raise UsageError(
            f"--cells {folder}: no such folder; give the one that activity-duty cells wrote, or "
            "that holds cells_1.parquet"
        )
    inner = folder / CELLS
    return inner if not (folder / NAME).exists() and inner.is_dir() else folder


def _refuse_other_rows(spec: Spec, plan: Plan, kept: Kept) -> None:
    """Refuse cells of other rows than the spec's sample."""
    step = rows_left_out(plan, kept)
    if not step:
        return
    whose = f" of {kept.facts.spec}" if kept.facts.spec not in ("", spec.id) else ""
    raise DataError(
        f"--cells: the cells{whose} were built from fewer rows than {spec.id} asks for "
        f"({step}); build them again, or narrow the sample"
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
    frame = read_frame(folder / file, nullable=True)
    counts = [ROWS, MISSING]
    names = [one.name for one in made.quantities]
    sums: dict[str, tuple[int, ...]] = {sum_name(name): (at,) for at, name in enumerate(names)}
    sums |= {sum_name(names[low], names[high]): (low, high) for low, high in made.products}
    sums |= {} if plan.weight is None else {WEIGHT: ()}
    shares = _shares(plan, frame)
    columns = [*made.key, *counts, *sums, *shares]
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
    for column, members in {**sums, **dict.fromkeys(shares, ())}.items():
        if not pd.api.types.is_numeric_dtype(frame[column]) and not _are_whole(frame[column]):
            raise DataError(f"{file}: column {column!r} holds text; it must hold numbers")
        # SQL sums nothing to null: in cells that lack a quantity, or its weight.
        nothing = np.any([missing_bit(frame, at) for at in (*members, len(names))], axis=0)
        if (frame[column].isna() & ~nothing).any():
            raise DataError(
                f"{file}: column {column!r} has missing values in cells that lack nothing; run the "
                f"SELECT of {made.name} again"
            )
        frame[column] = frame[column].where(frame[column].notna(), 0)
    frame = plain_columns(frame)
    if shares and plan.weight is None:
        frame[SHARE] = frame[SHARE].astype(np.float64) / SCALE
    refused = f"{REFUSED}{plan.weight}_"
    if refused in frame and pd.to_numeric(frame[refused], errors="coerce").sum() != 0:
        raise DataError(NEGATIVE.format(weight=plan.weight))
    if plan.exposure is not None:
        marks = {what: exposure_mark(what) for what in FAULTS if exposure_mark(what) in frame}
        read = {at: pd.to_numeric(frame[name], errors="coerce") for at, name in marks.items()}
        plan.exposure.require({what: int(counts.sum()) for what, counts in read.items()})
    if not len(frame):
        raise DataError(f"{file}: holds no cells; check the SELECT and the sample")
    twice = int(frame.duplicated([*made.key, MISSING]).sum())
    if twice:
        raise DataError(
            f"{file}: {twice} cells stand twice; save the result of the SELECT once, as it is"
        )
    return CellTable(made, plan.conditions, frame.loc[:, [*columns, *_centres(frame, made, file)]])


def _shares(plan: Plan, frame: pd.DataFrame) -> list[str]:
    """Return the column of shares of units where the plan wants it and could not do without."""
    units = plan.units
    wanted = units is not None and units.shares
    spared = units is not None and units.shares_spared and SHARE not in frame
    return [SHARE] if wanted and not spared else []


def _are_whole(values: pd.Series) -> bool:
    """Whether a column holds Python's own whole numbers, or none."""
    known = values[values.notna()]
    return values.dtype == object and all(isinstance(one, int) for one in known)


def _centres(frame: pd.DataFrame, made: CellPass, file: str) -> list[str]:
    """Return the columns of centres that there are; sums without one are sums of plain values."""
    names = [centre_name(one.name) for one in made.quantities]
    there = [name for name in names if name in frame]
    for name in there:
        values = pd.to_numeric(frame[name], errors="coerce").to_numpy(np.float64)
        # A warehouse that takes a mean twice may differ in its last digit.
        if not np.isfinite(values).all() or np.ptp(values) > 1e-9 * np.abs(values).max():
            raise DataError(
                f"{file}: column {name!r} must hold one number in all rows; run the SELECT of "
                f"{made.name} again"
            )
        frame[name] = values
    return there


def _pairs(folder: Path, one: PairPass) -> PairCells:
    names = ("one", "y", *(quantity.name for quantity in one.quantities[1:]))
    file = f"{one.name}.parquet"
    return pairs_of_frame(read_frame(folder / file), names, file)
