"""Which cells a model uses for one outcome, and how many rows it leaves out for what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.cells.needs_rows import NeedsRows
from evaluation.cells.panel import CELL
from evaluation.cells.planning.levels import is_binary
from evaluation.cells.sample import CellSample
from evaluation.cells.sums import Sums, missing_bit
from evaluation.data.kept import kept_rows
from evaluation.data.model_refusals import all_missing, none_left, not_binary
from evaluation.data.numbers import numbers_of
from evaluation.data.outcome_dates import BEYOND, CARRIED, beyond_data, carried_over
from evaluation.spec.columns import columns_of_model
from evaluation.spec.identities import SHARED, companions
from evaluation.spec.model import Model
from evaluation.spec.sample import Outcome
from evaluation.spec.spec import Spec

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Used:
    """The cells of one model and outcome.

    Attributes
    ----------
    entries
        Which cells of the sample, shape ``(n,)``.
    outcome
        Which quantity the outcome is.
    quantity
        Which quantity each column is that varies inside cells, ``None`` for one in the key.
    treatment
        Which quantity the treatment received is, ``None`` where there is none or it is in the key.
    dropped
        Rows left out, by reason, in the order of ``data/model_rows``.
    """

    entries: BoolArray
    outcome: int
    quantity: Mapping[str, int | None]
    treatment: int | None
    dropped: Mapping[str, int]


def used_cells(sample: CellSample, spec: Spec, model: Model, name: str, outcome: Outcome) -> Used:
    """Return the cells that a model uses, rows that lack something counted by what they lack.

    Raises
    ------
    DataError
        Every outcome missing, an outcome that is not binary, text for a control, no rows.
    NeedsRows
        Where a sum is infinite, or the pass holds no such quantity.
    """
    panel, roles = sample.prepared.panel, sample.prepared.roles
    frame = panel.frame
    rows = kept_rows(panel, roles, model)
    lacks = _Lacks(sample)
    at = lacks.sums.position(outcome.measured, outcome.transform == "log")
    if at is None:
        raise NeedsRows(f"the cells hold no sums of {outcome.measured!r}")
    dropped: dict[str, int] = {}
    if outcome.dated.moved:
        seen = ~lacks.quantity(at)
        for reason, out in (
            (CARRIED, carried_over(panel, roles, spec, outcome.dated)),
            (BEYOND, beyond_data(panel, outcome.dated, seen)),
        ):
            dropped[reason] = panel.count(rows & out)
            rows &= ~out
        if not rows.any():
            raise none_left(model, name, dropped)
    absent = rows & lacks.quantity(at)
    dropped["missing outcome"] = panel.count(absent)
    if rows.any() and (absent == rows).all():
        raise all_missing(name, outcome)
    known = sample.gathered.columns.get(outcome.measured)
    if outcome.kind == "binary" and not (known is not None and is_binary(known)):
        _require_binary(lacks.sums, at, rows & ~absent, name, outcome)
    rows &= ~absent
    for other in companions(spec, outcome):
        place = lacks.sums.position(other.measured)
        if place is None:
            raise NeedsRows(f"the cells hold no sums of {other.measured!r}")
        absent = rows & lacks.quantity(place)
        dropped[SHARED] = dropped.get(SHARED, 0) + panel.count(absent)
        rows &= ~absent
    quantity: dict[str, int | None] = {}
    for column in columns_of_model(model):
        quantity[column] = _place(sample, lacks.sums, spec, column)
        if quantity[column] is None and column in model.controls:
            _require_numbers(frame[column], model, column)
        absent = rows & lacks.column(column, quantity[column])
        dropped[f"missing {column}"] = panel.count(absent)
        rows &= ~absent
    if sample.gathered.plan.weight is not None:
        absent = rows & lacks.quantity(len(sample.table.made.quantities))
        dropped["missing or zero weight"] = panel.count(absent)
        rows &= ~absent
    for received in (roles.dose, roles.treatment):
        if received is not None:
            absent = rows & np.isnan(received)
            dropped["missing treatment"] = panel.count(absent)
            rows &= ~absent
    if model.options.compares_third and roles.third is not None:
        absent = rows & np.isnan(roles.third)
        dropped["missing third group"] = panel.count(absent)
        rows &= ~absent
    if not rows.any():
        raise none_left(model, name, dropped)
    received = getattr(spec.design, "treatment", None)
    place = None if received is None else lacks.sums.position(received.column)
    _refuse_infinite(lacks.sums, (at, *(one for one in quantity.values() if one is not None)), rows)
    return Used(rows, at, quantity, place, dropped)


class _Lacks:
    """Which cells lack a quantity or a key column."""

    def __init__(self, sample: CellSample) -> None:
        self.frame = sample.prepared.panel.frame
        cells = self.frame[CELL].to_numpy(np.int64)
        self.sums = sample.memo.value(
            "sums of every cell",
            (cells,),
            lambda: Sums(sample.table, cells, np.arange(len(cells)), len(cells)),
        )

    def quantity(self, at: int) -> BoolArray:
        return self.sums.kept(f"lacks quantity {at}", lambda: missing_bit(self.frame, at))

    def column(self, column: str, at: int | None) -> BoolArray:
        if at is not None:
            return self.quantity(at)
        if column not in self.frame:
            return np.zeros(len(self.frame), dtype=bool)  # the unit itself, which nobody lacks
        values = self.frame[column]
        return self.sums.kept(f"lacks column {column}", lambda: values.isna().to_numpy(dtype=bool))


def _place(sample: CellSample, sums: Sums, spec: Spec, column: str) -> int | None:
    """Return which quantity a column is, ``None`` where it is constant inside cells.

    Raises
    ------
    NeedsRows
        Where the pass holds neither.
    """
    made = sample.table.made
    at = sums.position(column)
    if column in made.key or at is not None:
        return None if column in made.key else at
    if column == spec.panel.unit or column in second_pass_columns(sample, column):
        return None
    raise NeedsRows(f"the cells do not hold {column!r}")


def second_pass_columns(sample: CellSample, column: str) -> tuple[str, ...]:
    """Return the columns that only a second pass over the rows can see."""
    routes = sample.gathered.plan.routes
    return tuple(name for route in routes for name in route.second_pass if name == column)


def _require_numbers(values: pd.Series, model: Model, column: str) -> None:
    if pd.api.types.is_numeric_dtype(values) and np.isinf(values.to_numpy(np.float64)).any():
        raise NeedsRows(f"{column!r} holds infinite values")
    numbers_of(values, f"models.{model.id}.controls", column)


def _require_binary(sums: Sums, at: int, rows: BoolArray, name: str, outcome: Outcome) -> None:
    """Refuse values beyond 0 and 1: of whole numbers these alone have Σy² = Σy.

    Raises
    ------
    DataError
        For whole numbers.
    NeedsRows
        For fractions, or weights that are, of which the sums do not tell.
    """
    total = sums.total(at)
    if total.dtype.kind == "f":
        raise NeedsRows("sums of fractions do not tell whether an outcome is 0 or 1")
    if not (sums.product(at, at)[rows] == total[rows]).all():
        raise not_binary(name, outcome)


def _refuse_infinite(sums: Sums, places: tuple[int, ...], rows: BoolArray) -> None:
    for at in places:
        total = sums.total(at)
        if total.dtype.kind == "f" and not np.isfinite(total[rows]).all():
            raise NeedsRows(f"{sums.table.made.quantities[at].column!r} holds infinite values")
