"""Events behind a share, and the largest units behind an amount."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from evaluation.data.model_data import ModelData
from evaluation.estimators._support.behind import Behind
from evaluation.estimators._support.points import BoolArray
from evaluation.results import Statistic

AMOUNTS = frozenset({"nok", "continuous", "count"})
Found = Iterator[tuple[Statistic, float | int]]


def event_counts(behind: Behind, groups: Sequence[BoolArray]) -> Found:
    """Yield rows, and units, with 1 and with 0, in the group with the fewest of them.

    In cells of a weighted panel the mean is no share of rows, and nothing is said.

    Parameters
    ----------
    behind
        Rows or cells of an outcome that is 0 or 1.
    groups
        Points, each marked in shape ``(P,)``.
    """
    data, points = behind.data, behind.points
    if data.weighted or not groups:
        return
    counts = [(int(behind.events[one].sum()), behind.rows(one)) for one in groups]
    yield "events", min(one for one, _ in counts)
    yield "non_events", min(total - one for one, total in counts)
    if data.from_cells or data.unit is None:
        return
    sides: tuple[tuple[Statistic, float], ...] = (("event_units", 1.0), ("non_event_units", 0.0))
    for name, value in sides:
        has = data.y == value
        units = [data.unit[has & group[points.of]] for group in groups]
        yield name, min(int(np.count_nonzero(np.diff(u))) + 1 if len(u) else 0 for u in units)


def largest_shares(behind: Behind, groups: Sequence[BoolArray]) -> Found:
    """Yield the shares of the largest unit, and of the two largest, in the amounts of a group.

    The highest among the groups, of absolute values; cells do not tell them.

    Parameters
    ----------
    behind, groups
        Rows of an outcome that is an amount, and points.
    """
    data = behind.data
    if data.from_cells or data.unit is None or not groups:
        return
    found = [_shares(data, group[behind.points.of]) for group in groups]
    if found:
        yield "largest_share", max(one for one, _ in found)
        yield "two_largest_share", max(two for _, two in found)


def _shares(data: ModelData, inside: BoolArray) -> tuple[float, float]:
    unit = np.zeros(0, dtype=np.int64) if data.unit is None else data.unit[inside]
    if not len(unit):
        return 0.0, 0.0
    starts = np.flatnonzero(np.r_[True, np.diff(unit) != 0])
    sums = np.sort(np.add.reduceat(np.abs(data.y[inside]), starts))
    total = float(sums.sum())
    if total == 0.0:
        return 0.0, 0.0
    return float(sums[-1]) / total, float(sums[-2:].sum()) / total
