"""Decide what a spec's models are fitted on, and make it ready."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pandas as pd

from evaluation.cells.gather import Asked, Columns, gather
from evaluation.cells.gathered import Gathered
from evaluation.cells.needs import NotFromCells
from evaluation.cells.opening import open_rows
from evaluation.cells.origin import reading_digest
from evaluation.cells.plan import Plan
from evaluation.cells.planning.plan_cells import plan_cells
from evaluation.cells.settings import Settings
from evaluation.cells.store.given import given_cells
from evaluation.cells.store.held import Held
from evaluation.cells.supply import Supply
from evaluation.data.derive.deriving import deriving
from evaluation.data.leads import dated_source
from evaluation.data.panel import require_columns
from evaluation.data.prepare import Prepared, prepare
from evaluation.data.read_once import ReadOnce
from evaluation.data.sources import blinded, open_source
from evaluation.data.sources.frame import Frame
from evaluation.errors import DataError
from evaluation.estimators.cell_needs import needs_of
from evaluation.spec.blinding import BLIND, Blinding
from evaluation.spec.columns import columns_of_spec, columns_with_gaps
from evaluation.spec.model import Model
from evaluation.spec.spec import Spec

Engine = Literal["auto", "microdata"]
Timed = Callable[[str], AbstractContextManager[None]]
CELLS = "cells"


@dataclass(frozen=True)
class Request:
    """How a spec is to be run; see ``pipeline.run_spec``.

    ``source`` shares rows that were read already between a spec and others made from it, and
    ``held`` their cells. ``blinding`` says how a blind run mixes the rows.
    """

    spec: Spec
    frame: pd.DataFrame | None = None
    memory: Path | None = None
    rebuild: bool = False
    engine: Engine = "auto"
    settings: Settings = field(default_factory=Settings)
    source: ReadOnce | None = None
    held: tuple[Held, ...] = ()
    blinding: Blinding | None = None

    def opened(self) -> ReadOnce:
        """Return the source of the rows: the one given, else the frame, else the spec's own."""
        if self.source is not None:
            return self.source
        if self.frame is None:
            return ReadOnce(open_source(self.spec, self.blinding))
        return ReadOnce(deriving(self.spec, blinded(Frame(self.frame), self.blinding)))


def supply_of(request: Request, timed: Timed) -> Supply:
    """Return cells for the models that these answer exactly, and rows for the others.

    Parameters
    ----------
    request
        The spec, and how it is to be run.
    timed
        Times a stage of that name: reading rows is one, whenever it happens.

    Raises
    ------
    DataError
        With what reading the data shows.
    """
    spec, memory = request.spec, request.memory
    source = request.opened()

    def rows(unique: bool = False) -> Prepared:
        with timed("read and sample"):
            return prepare(spec, source, memory, unique=unique)

    if request.engine == "microdata" or not _may_use_cells(spec):
        supply = Supply(spec, rows, None if request.engine == "microdata" else plan_of(spec)(None))
        _ = supply.rows  # what the sample is refused for comes before any model
        return supply
    gathered = gathered_of(request, source)
    counted = gathered.units is not None
    return Supply(spec, lambda: rows(unique=counted), gathered.plan, gathered)


def cells_of(request: Request) -> Gathered:
    """Return the cells of a spec, and nothing else.

    Raises
    ------
    DataError
        Where no model of the spec runs from cells, or with what reading the data shows.
    """
    spec = request.spec
    if not _may_use_cells(spec):
        reasons = (route.reason for route in plan_of(spec)(None).routes)
        raise DataError(
            f"{spec.id}: no model runs from cells ({'; '.join(dict.fromkeys(reasons))})"
        )
    return gathered_of(request, request.opened())


def gathered_of(
    request: Request, source: ReadOnce, plan: Callable[[Columns | None], Plan] | None = None
) -> Gathered:
    """Return the cells of a request.

    Parameters
    ----------
    request
        The spec, and how it is to be run.
    source
        Where the rows come from.
    plan
        Makes the plan in place of the spec's own.

    Raises
    ------
    DataError
        With what reading the data shows.
    """
    spec, memory = request.spec, request.memory
    named = columns_of_spec(spec)
    require_columns(named, dated_source(spec, source).columns())
    asked = Asked(plan or plan_of(spec), tuple(named), reading_digest(spec), spec.panel.unit)
    folder = None if memory is None else memory / CELLS
    within = open_rows(spec, source, memory, request.settings)
    return gather(
        asked, within, folder, request.settings, rebuild=request.rebuild, held=request.held
    )


def given_supply(spec: Spec, folder: Path) -> Supply:
    """Return the cells that a folder holds, and no rows.

    Raises
    ------
    UsageError
        Where there is no such folder, or it holds no cells.
    DataError
        Where its cells do not answer the spec.
    """
    gathered = given_cells(spec, folder, plan_of(spec))
    if BLIND in gathered.inputs:
        raise DataError("--cells: the cells are those of a blind run; build them from the rows")
    return Supply(spec, None, gathered.plan, gathered)


def plan_of(spec: Spec) -> Callable[[Columns | None], Plan]:
    """Return what makes the plan of a spec from facts of its columns."""
    needs = needs_of(spec)

    def plan(columns: Columns | None) -> Plan:
        words = {model.id: _not_numbers(spec, model, columns or {}) for model in spec.models}
        texts = {name: NotFromCells(reason) for name, reason in words.items() if reason}
        return plan_cells(spec, {**needs, **texts}, columns)

    return plan


def _not_numbers(spec: Spec, model: Model, columns: Columns) -> str:
    """Return what keeps a model from sums: the rows then say which key of the spec is wrong."""
    summed = [spec.outcomes[name].measured for name in spec.outcomes_of(model)]
    summed += [e.first_stage for e in spec.smallest_effect_of_interest if e.first_stage]
    summed += [*model.controls, *columns_with_gaps(model), *filter(None, [spec.panel.weight])]
    received = getattr(spec.design, "treatment", None)
    summed += [] if received is None else [received.column]
    held = (
        f"column {name!r} holds no numbers"
        for name in summed
        if name in columns and columns[name].kind in ("text", "date")
    )
    return next(held, "")


def _may_use_cells(spec: Spec) -> bool:
    """Whether some model may run from cells, by the text of the spec alone."""
    return any(route.engine == "cells" for route in plan_of(spec)(None).routes)
