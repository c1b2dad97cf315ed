"""One GROUP BY unit over all rows: what needs whole histories."""

from __future__ import annotations

import operator
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd

from evaluation.cells.axis import Axis, column_axis, fits, kinds_of, time_axis
from evaluation.cells.engines import engine_of
from evaluation.cells.expressions.rows import sample_rows
from evaluation.cells.expressions.steps import STEP, all_rows
from evaluation.cells.expressions.times import time_of
from evaluation.cells.expressions.values import facts_of, may_lack
from evaluation.cells.frames import sorted_frame
from evaluation.cells.gathered import UnitFacts
from evaluation.cells.patterns import Patterns, bit_of, code_of, find_patterns
from evaluation.cells.plan import Plan, UnitPass
from evaluation.cells.relation import Relation
from evaluation.cells.settings import Settings
from evaluation.cells.time_pass import TimeFacts, flow_of, left_after, run_time_pass
from evaluation.data.model_data import IntArray
from evaluation.errors import DataError

SEEN, PATTERNS, UNITS, WHEN = "ad_seen_", "ad_patterns", "ad_units", "ad_when_"
IN_SAMPLE, FIRST, START = "ad_in_sample", "ad_first", "ad_start"
# Last time seen untreated, of units that never switch off; start of those that do.
UNTREATED, SWITCHES = "ad_untreated", "ad_switches"


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
    when = time_axis(relation, plan, times)
    words = 0 if when is None else when.words
    axis = when if units.axis is None else column_axis(relation, units.axis) or when
    patterns = None if axis is None else find_patterns(relation, plan, settings)
    by_unit = _by_unit(relation, plan, units, when, axis, patterns)
    sums = {UNITS: by_unit.count()}
    for at in range(len(units.constant)):
        varies = (by_unit[f"ad_low_{at}"] != by_unit[f"ad_high_{at}"]).cast("int64")
        sums[f"ad_varies_{at}"] = varies.sum()
    for name in (UNTREATED, SWITCHES):
        if name in by_unit.columns:
            sums[name] = by_unit[name].max()
    measures = [name for name in by_unit.columns if name.startswith(("ad_low_", "ad_high_"))]
    key = [name for name in by_unit.columns if name not in (*measures, *sums, "ad_of")]
    found = by_unit.group_by(key).aggregate(**sums)
    kinds = sorted_frame(engine_of(relation).fetch(relation, found, settings), key)
    _refuse_missing(kinds, units.unit)
    left = left_after(plan, kinds[STEP].to_numpy(np.int64), kinds[UNITS].to_numpy(np.int64))
    sampled = kinds[kinds[STEP] == len(plan.conditions)]
    return UnitFacts(
        flow=flow_of(plan, times.left, left),
        duplicates=_duplicates(relation, plan, units, settings, sampled, words),
        varying=_varying(units, sampled),
        histories=_histories(sampled),
        origin=axis.first if axis is not None else 0,
        axis=units.axis if axis is not when else None,
        patterns=() if patterns is None else patterns.kinds,
        starts=None if units.dose is None else _starts(sampled),
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


def _by_unit(
    relation: Relation,
    plan: Plan,
    units: UnitPass,
    when: Axis | None,
    axis: Axis | None,
    patterns: Patterns | None,
) -> Any:
    """Return one row a unit; what lies outside the sample counts for ``ad_step`` alone."""
    table = all_rows(relation, plan)
    sampled = None
    if plan.conditions:
        sampled = table[STEP] == len(plan.conditions)
    sums: dict[str, Any] = {STEP: table[STEP].max(), IN_SAMPLE: table.count(where=sampled)}
    if may_lack(facts_of(relation, units.unit)):
        sums["ad_lacking"] = table[units.unit].isnull().cast("int64").sum()
    if axis is not None and patterns is not None and fits(axis, patterns):
        for kind, of_kind in enumerate(kinds_of(relation, plan, table, patterns)):
            inside = [one for one in (of_kind, sampled) if one is not None]
            joint = reduce(operator.and_, inside) if inside else None
            for at in range(axis.words):
                sums[f"{SEEN}{kind}_{at}"] = axis.word(table, at, joint)
    elif axis is not None:
        sums |= {f"{SEEN}{at}": axis.word(table, at, sampled) for at in range(axis.words)}
    if when is not None and when is not axis:
        sums |= {f"{WHEN}{at}": when.word(table, at, sampled) for at in range(when.words)}
    if patterns is not None and len(patterns.codes) > 1 and not fits(axis, patterns):
        bit = bit_of(patterns, code_of(relation, plan, table))
        sums[PATTERNS] = (bit if sampled is None else sampled.ifelse(bit, 0)).bit_or()
    for at, column in enumerate(units.constant):
        sums[f"ad_low_{at}"] = table[column].min(where=sampled)
        sums[f"ad_high_{at}"] = table[column].max(where=sampled)
    if units.dose is not None:
        dose = table[units.dose]
        time, _ = time_of(relation, plan, table)
        known = dose.notnull() if sampled is None else dose.notnull() & sampled
        sums[FIRST] = time.min(where=known)
        sums[START] = time.min(where=known & (dose > 0))
        sums[UNTREATED] = time.max(where=known & (dose <= 0))
    by_unit = table.group_by(ad_of=table[units.unit]).aggregate(**sums)
    if units.dose is None:
        return by_unit
    later = by_unit[FIRST] < by_unit[START]
    stays = by_unit[UNTREATED] < by_unit[START]
    begun = {
        START: later.ifelse(by_unit[START], None),
        UNTREATED: (later & stays).ifelse(by_unit[UNTREATED], None),
        SWITCHES: (later & ~stays).ifelse(by_unit[START], None),
    }
    return by_unit.mutate(**begun).drop(FIRST)


def _refuse_missing(kinds: pd.DataFrame, unit: str) -> None:
    if "ad_lacking" not in kinds:
        return
    lacking = int((kinds["ad_lacking"] * kinds[UNITS]).sum())
    if lacking:
        raise DataError(f"panel.unit {unit!r}: {lacking} rows lack a unit; complete them")


def _duplicates(
    relation: Relation,
    plan: Plan,
    units: UnitPass,
    settings: Settings,
    sampled: pd.DataFrame,
    words: int,
) -> int:
    """Return how many rows of the sample repeat a unit and time."""
    if words:
        moments = np.bitwise_count(_when(sampled, words)).sum(axis=1)
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
    return {
        column: int(sampled[f"ad_varies_{at}"].sum()) for at, column in enumerate(units.constant)
    }


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
