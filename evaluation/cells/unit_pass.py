"""One GROUP BY unit over the rows of the sample: what needs whole histories."""

from __future__ import annotations

import numpy as np
import pandas as pd

from evaluation.cells.axis import Axis, column_axis, time_axis
from evaluation.cells.engines import engine_of
from evaluation.cells.expressions.rows import sample_rows
from evaluation.cells.frames import sorted_frame
from evaluation.cells.gathered import UnitFacts
from evaluation.cells.plan import Plan, UnitPass
from evaluation.cells.relation import Relation
from evaluation.cells.settings import Settings
from evaluation.cells.time_pass import TimeFacts, flow_of, run_time_pass
from evaluation.cells.unit_flow import UNITS, units_left
from evaluation.cells.unit_histories import (
    HIGH,
    IN_SAMPLE,
    LOW,
    OF,
    PATTERNS,
    SEEN,
    START,
    SWITCHES,
    UNTREATED,
    WHEN,
    histories_by_unit,
)
from evaluation.data.model_data import IntArray
from evaluation.errors import DataError

VARIES = "ad_varies_"


def run_unit_pass(
    relation: Relation, plan: Plan, settings: Settings, times: TimeFacts | None = None
) -> UnitFacts:
    """Return what whole histories show; only the kinds of history leave the engine.

    Parameters
    ----------
    relation, plan, settings
        As for :func:`evaluation.cells.cell_pass.run_cell_pass`.
    times
        What :func:`run_time_pass` found, taken here if not given.

    Raises
    ------
    DataError
        Rows without a unit or time, no rows.
    """
    units = plan.units
    if units is None:
        raise DataError("panel.unit: is missing, and whole histories need it")
    times = run_time_pass(relation, plan, settings) if times is None else times
    left = units_left(relation, plan, units, settings, times)
    when = time_axis(relation, plan, times)
    axis = when if units.axis is None else column_axis(relation, plan, units.axis) or when
    by_unit, patterns = histories_by_unit(relation, plan, units, when, axis, settings)
    counts = {UNITS: by_unit.count()}
    for at in range(len(units.constant)):
        varies = (by_unit[f"{LOW}{at}"] != by_unit[f"{HIGH}{at}"]).cast("int64")
        counts[f"{VARIES}{at}"] = varies.sum()
    for name in (one for one in (UNTREATED, SWITCHES) if one in by_unit.columns):
        counts[name] = by_unit[name].max()
    apart = (LOW, HIGH, OF, UNTREATED, SWITCHES)
    key = [name for name in by_unit.columns if not name.startswith(apart)]
    found = by_unit.group_by(key).aggregate(**counts)
    kinds = sorted_frame(engine_of(relation).fetch(relation, found, settings), key)
    everyone = int(kinds[UNITS].sum())
    return UnitFacts(
        flow=flow_of(plan, times.left, left or (everyone,) * len(times.left)),
        duplicates=_duplicates(relation, plan, units, settings, kinds, when),
        varying=_varying(units, kinds),
        histories=_histories(kinds),
        origin=axis.first if axis is not None else 0,
        axis=units.axis if axis is not when else None,
        patterns=() if patterns is None else patterns.kinds,
        starts=None if units.dose is None else _starts(kinds),
    )


def _starts(sampled: pd.DataFrame) -> int:
    """Return how many starts there are; one where gaps let all units begin at one time.

    A unit that is seen untreated, then not at all, then treated may have begun in between.
    """
    starts = sampled[START].dropna()
    if starts.empty:
        return 0
    first = starts.min()
    waited = bool((sampled[UNTREATED].dropna() >= first).any())
    later = bool((sampled[SWITCHES].dropna() > first).any())
    return int(starts.nunique()) if waited or later else 1


def _duplicates(
    relation: Relation,
    plan: Plan,
    units: UnitPass,
    settings: Settings,
    sampled: pd.DataFrame,
    when: Axis | None,
) -> int:
    """Return how many rows of the sample repeat a unit and time."""
    if when is not None:
        moments = np.bitwise_count(_when(sampled, when.words)).sum(axis=1)
        counts = sampled[UNITS].to_numpy(np.int64)
        return int(((sampled[IN_SAMPLE].to_numpy(np.int64) - moments) * counts).sum())
    table = sample_rows(relation, plan)
    pairs = table.group_by(ad_of=table[units.unit], ad_time=table[units.time]).aggregate(
        ad_rows=table.count()
    )
    surplus = pairs.aggregate(ad_surplus=(pairs.ad_rows - 1).sum())
    found = engine_of(relation).fetch(relation, surplus, settings).column(0).to_pylist()[0]
    return int(found or 0)


def _varying(units: UnitPass, sampled: pd.DataFrame) -> dict[str, int]:
    return {column: int(sampled[f"{VARIES}{at}"].sum()) for at, column in enumerate(units.constant)}


def _when(sampled: pd.DataFrame, words: int) -> IntArray:
    """Return the words of the moments at which a unit has rows of any kind, (kinds, words)."""
    found = np.zeros((len(sampled), words), dtype=np.int64)
    prefix = WHEN if f"{WHEN}0" in sampled else SEEN
    for name in (str(one) for one in sampled.columns):
        if name.startswith(prefix):
            found[:, int(name.rsplit("_", 1)[1])] |= sampled[name].to_numpy(np.int64)
    return found


def _histories(sampled: pd.DataFrame) -> pd.DataFrame:
    names = [str(name) for name in sampled.columns if str(name).startswith((SEEN, PATTERNS))]
    if not names:
        return pd.DataFrame({UNITS: pd.Series(dtype=np.int64)})
    kinds: pd.DataFrame = sampled.groupby(names)[[UNITS]].sum().reset_index()
    return kinds[[UNITS, *names]].astype(np.int64)
