"""Read the panel: only the columns that the spec names, checked, sorted, with its calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.data.filters import satisfied
from evaluation.data.periods import Calendar, calendar_of
from evaluation.data.plain import plain_columns
from evaluation.data.sources import Source
from evaluation.errors import DataError
from evaluation.spec.columns import columns_of_spec
from evaluation.spec.faults import nearest
from evaluation.spec.spec import Spec
from evaluation.spec.time_rules import time_unit_of


@dataclass(frozen=True, slots=True)
class FlowStep:
    """How many rows and units are left after one step."""

    step: str
    rows: int
    units: int | None


@dataclass(frozen=True)
class Panel:
    """Rows in canonical order with their period.

    Attributes
    ----------
    frame
        The named columns, one row an entry, sorted by unit and period.
    period
        Period index of every row, shape ``(n,)``; ``None`` where the panel names no time.
    calendar
        How the panel counts time.
    inputs
        Digest of every input by a printable name.
    flow
        What each step has left.
    unit, weight
        Names of the unit and weight columns.
    moment
        The source's own time of every row, shape ``(n,)``: days or months, however long a period.
    first_post
        First period after the reform among all rows read, where the design says ``post = ...``.
    averaged
        Whether rows are means over months or persons, so that binary outcomes are shares.
    weights
        Weight column by averaged column, where missing values leave it less than ``weight``.
    answers
        Column that holds 1, 0 or null for a predicate that was evaluated before, by its key path.
    rows
        Column that counts rows of the panel, where an entry is a cell; ``None`` where it is a row.
    """

    frame: pd.DataFrame
    period: NDArray[np.int64] | None
    calendar: Calendar
    inputs: Mapping[str, str]
    flow: tuple[FlowStep, ...]
    unit: str | None
    weight: str | None
    moment: NDArray[np.int64] | None = None
    first_post: int | None = None
    averaged: bool = False
    weights: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    rows: str | None = None

    def weight_of(self, column: str) -> str | None:
        """Return the name of the weight under which a column was averaged or is to be weighted."""
        return self.weights.get(column, self.weight)

    def count(self, entries: NDArray[np.bool_]) -> int:
        """Return how many rows of the panel some of its entries are, shape ``(n,)``."""
        if self.rows is None:
            return int(entries.sum())
        return int(self.frame[self.rows].to_numpy()[entries].sum())

    def answer(self, where: str) -> pd.Series | None:
        """Return the answers to a predicate, 1, 0 or null, where they are known already."""
        column = self.answers.get(where)
        return None if column is None else self.frame[column]

    def take(self, rows: NDArray[np.bool_], step: str) -> Panel:
        """Return the panel with only some of its rows, the step counted in the flow."""
        frame = self.frame if rows.all() else self.frame.loc[rows].reset_index(drop=True)
        period = None if self.period is None else self.period[rows]
        moment = None if self.moment is None else self.moment[rows]
        return replace(self, frame=frame, period=period, moment=moment).counted(step)

    def counted(self, step: str) -> Panel:
        """Return the panel with one more step in its flow."""
        units = None if self.unit is None else int(self.frame[self.unit].nunique())
        rows = self.count(np.ones(len(self.frame), dtype=bool))
        return replace(self, flow=(*self.flow, FlowStep(step, rows, units)))


def read_panel(spec: Spec, source: Source) -> Panel:
    """Read the columns that ``spec`` names from ``source``.

    Raises
    ------
    DataError
        Unknown columns, missing units or times, no rows.
    """
    named = columns_of_spec(spec)
    require_columns(named, source.columns())
    frame = plain_columns(source.read(list(named)))
    settings = spec.panel
    values = None if settings.time is None else frame[settings.time]
    calendar = calendar_of(values, time_unit_of(spec), settings.period)
    period = None if values is None else calendar.index(values, f"panel.time {settings.time!r}")
    if settings.unit is not None and frame[settings.unit].isna().any():
        count = int(frame[settings.unit].isna().sum())
        raise DataError(f"panel.unit {settings.unit!r}: {count} rows lack a unit; complete them")
    frame, period = _sorted(frame, period, settings.unit, settings.time)
    if not len(frame):
        raise DataError("panel: the source holds no rows")
    return Panel(
        frame,
        period,
        calendar,
        source.inputs(),
        (),
        settings.unit,
        settings.weight,
        moment=None if settings.time is None else calendar.moments(frame[settings.time], "time"),
        first_post=_first_post(spec, frame, period),
    ).counted("rows read")


def _first_post(spec: Spec, frame: pd.DataFrame, period: NDArray[np.int64] | None) -> int | None:
    """Return the first period that ``post = ...`` holds in, before any row is left out."""
    post = getattr(spec.design, "post", None)
    if post is None or period is None:
        return None
    after = satisfied(frame[post.column], post, "design.post")
    return int(period[after].min()) if after.any() else None


def require_columns(named: Mapping[str, str], offered: tuple[str, ...]) -> None:
    """Refuse columns that a panel does not have.

    Parameters
    ----------
    named
        Key path by column, as ``columns_of_spec`` gives them.
    offered
        The panel's columns.

    Raises
    ------
    DataError
        One line for each such column.
    """
    faults = [
        f"{where}: no column {column!r} in the panel{nearest(column, offered)}"
        for column, where in named.items()
        if column not in offered
    ]
    if faults:
        raise DataError(*faults)


def _sorted(
    frame: pd.DataFrame, period: NDArray[np.int64] | None, unit: str | None, time: str | None
) -> tuple[pd.DataFrame, NDArray[np.int64] | None]:
    """Return rows in an order that does not depend on the order in which they came.

    The time itself follows the period, which may hold several rows before it is coarsened.
    """
    both = unit is not None and time is not None
    names = [time] if both else list(frame.columns)
    keys = [] if unit is None else [_codes(frame[unit])]
    keys += [] if period is None else [period]
    keys += [_codes(frame[name]) for name in names]
    if _in_order(keys):
        return frame, period
    order = np.lexsort(keys[::-1])
    return frame.iloc[order].reset_index(drop=True), None if period is None else period[order]


def _codes(column: pd.Series) -> NDArray[np.int64]:
    return pd.factorize(column, sort=True)[0].astype(np.int64)


def _in_order(keys: list[NDArray[np.int64]]) -> bool:
    """Whether rows are sorted by the first key, ties by the second, and so on."""
    tied: NDArray[np.bool_] | bool = True
    for key in keys:
        step = np.diff(key)
        if (tied & (step < 0)).any():
            return False
        tied = tied & (step == 0)
    return True
