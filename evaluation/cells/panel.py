"""Cells as a panel: key columns under their names, so that designs read them as they read rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from evaluation.cells.gathered import CellTable, Gathered
from evaluation.cells.plan import ROWS, WEIGHT
from evaluation.cells.sums import Sums, missing_bit
from evaluation.data.panel import Panel
from evaluation.data.periods import calendar_of
from evaluation.data.plain import plain_columns
from evaluation.spec.spec import Spec
from evaluation.spec.time_rules import time_unit_of

# Position of a cell in the table of its pass.
CELL = "ad_cell"


def panel_of_cells(spec: Spec, gathered: Gathered, table: CellTable) -> Panel:
    """Return the cells of one pass as a panel.

    Its frame holds the key, and the weighted mean of every quantity that is not logged, missing
    where the cell lacks it.

    Parameters
    ----------
    spec
        Names time and how it is counted.
    gathered
        The flow, the inputs and the predicates already evaluated.
    table
        The cells.

    Raises
    ------
    DataError
        Where a time is no month, date or whole number.
    """
    frame = plain_columns(table.frame)
    weight = WEIGHT if WEIGHT in frame else ROWS
    frame = frame.assign(**_means(table), **{CELL: np.arange(len(frame))})
    settings = spec.panel
    timed = settings.time is not None and settings.time in table.made.key
    values = frame[settings.time] if timed else None
    calendar = calendar_of(values, time_unit_of(spec), settings.period)
    if values is None or time_unit_of(spec) is not None:
        calendar = gathered.plan.calendar or calendar
    period = None if values is None else calendar.index(values, f"panel.time {settings.time!r}")
    flags = {
        flag.where: flag.name
        for flag in gathered.plan.flags
        if flag.name in frame and not flag.negated
    }
    panel = Panel(
        frame, period, calendar, gathered.inputs, gathered.flow, None, weight,
        first_post=gathered.first_post, answers=flags, rows=ROWS,
    )  # fmt: skip
    return panel if gathered.flow else panel.counted("sample")


def _means(table: CellTable) -> dict[str, pd.Series]:
    cells = np.arange(len(table.frame))
    sums = Sums(table, cells, cells, len(cells))
    weight = np.asarray(sums.weight(), dtype=np.float64)
    found = {}
    for at, one in enumerate(table.made.quantities):
        if one.log or one.column in table.made.key:
            continue
        seen = ~missing_bit(table.frame, at) & (weight > 0)
        total = sums.total(at).astype(np.float64)
        mean = np.full(len(cells), np.nan)
        np.divide(total, weight, out=mean, where=seen)
        found[one.column] = pd.Series(mean + sums.centre(at), table.frame.index)
    return found


def without_units(panel: Panel, units: int | None) -> Panel:
    """Return the panel with the units of its last step of the flow filled in."""
    last = replace(panel.flow[-1], units=units)
    return replace(panel, flow=(*panel.flow[:-1], last))
