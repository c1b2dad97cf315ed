"""One GROUP BY time over all rows: is time in order, what does every step leave, when is after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.cells.engines import engine_of
from evaluation.cells.expressions.rows import named
from evaluation.cells.expressions.steps import STEP, all_rows
from evaluation.cells.frames import sorted_frame
from evaluation.cells.plan import Plan
from evaluation.cells.relation import Relation
from evaluation.cells.settings import Settings
from evaluation.data.panel import FlowStep
from evaluation.data.periods import Calendar
from evaluation.errors import DataError

AFTER = "design.post"


@dataclass(frozen=True)
class TimeFacts:
    """What the times of all rows show.

    Attributes
    ----------
    left
        Rows left after each step of the sample, all rows first, shape ``(steps + 1,)``.
    flow
        The same by name of the step; units are not counted.
    slots
        Distinct moments of rows of the sample, ascending, where time is months or whole numbers;
        for dates the distinct months, counted from year 0. Empty where the panel names no time.
    parted
        Whether no two times of the sample share a slot.
    first_post
        First period among all rows read in which the flag of ``design.post`` is 1; ``None``
        without such a flag or period.
    """

    left: tuple[int, ...]
    flow: tuple[FlowStep, ...]
    slots: tuple[int, ...] = ()
    parted: bool = True
    first_post: int | None = None


def run_time_pass(relation: Relation, plan: Plan, settings: Settings) -> TimeFacts:
    """Count rows by time and step, and check that every row has a time.

    Parameters
    ----------
    relation
        The panel.
    plan
        Conditions, flags, time and calendar.
    settings
        Limits of the engine.

    Raises
    ------
    DataError
        Missing or malformed times, no rows.
    """
    after = tuple(flag for flag in plan.flags if flag.where == AFTER)
    narrow = relation.reading(named((*plan.conditions, *after)))
    table = all_rows(narrow, replace(plan, flags=after))
    key: dict[str, Any] = {STEP: table[STEP]}
    if plan.time is not None:
        key["ad_time"] = table[plan.time]
    sums = {"ad_rows": table.count()}
    if after and plan.time is not None:
        sums["ad_after"] = table[after[0].name].cast("int64").sum()
    counted = table.group_by(**key).aggregate(**sums)
    frame = sorted_frame(engine_of(relation).fetch(narrow, counted, settings), tuple(key))
    if not len(frame):
        raise DataError("panel: the source holds no rows")
    step, rows = frame[STEP].to_numpy(np.int64), frame["ad_rows"].to_numpy(np.int64)
    left = left_after(plan, step, rows)
    if plan.time is None or plan.calendar is None:
        return TimeFacts(left, flow_of(plan, left))
    _refuse_missing(frame, plan.time)
    where = f"panel.time {plan.time!r}"
    period = plan.calendar.index(frame["ad_time"], where)
    slots = _slots(frame["ad_time"], plan.calendar, where)[step == len(plan.conditions)]
    found = np.unique(slots)
    first = None
    if "ad_after" in frame and (frame["ad_after"] > 0).any():
        first = int(period[(frame["ad_after"] > 0).to_numpy()].min())
    return TimeFacts(
        left,
        flow_of(plan, left),
        tuple(int(one) for one in found),
        len(found) == len(slots),
        first,
    )


def left_after(plan: Plan, step: NDArray[np.int64], counts: NDArray[np.int64]) -> tuple[int, ...]:
    """Return how many rows or units are left after each step, all of them first.

    Parameters
    ----------
    plan
        Its conditions are the steps.
    step
        Number of steps passed, shape ``(n,)``.
    counts
        How many get as far and no further, shape ``(n,)``.
    """
    return tuple(int(counts[step >= at].sum()) for at in range(len(plan.conditions) + 1))


def flow_of(
    plan: Plan, rows: tuple[int, ...], units: tuple[int, ...] | None = None
) -> tuple[FlowStep, ...]:
    """Return the flow, silent steps only where they take rows.

    Parameters
    ----------
    plan
        Its conditions are the steps.
    rows, units
        Left after each step, all of them first; shape ``(steps + 1,)``.
    """
    flow = []
    for at, name in enumerate(["rows read", *(one.step for one in plan.conditions)]):
        if at and plan.conditions[at - 1].silent and rows[at] == rows[at - 1]:
            continue
        flow.append(FlowStep(name, rows[at], None if units is None else units[at]))
    return tuple(flow)


def _slots(times: pd.Series, calendar: Calendar, where: str) -> NDArray[np.int64]:
    if calendar.unit == "date":
        return replace(calendar, months=1).index(times, where)
    return calendar.moments(times, where)


def _refuse_missing(frame: pd.DataFrame, time: str) -> None:
    lacking = int(frame["ad_rows"][frame["ad_time"].isna()].sum())
    if lacking:
        raise DataError(f"panel.time {time!r}: {lacking} rows lack a time; drop or complete them")
