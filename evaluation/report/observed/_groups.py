"""The groups that a design compares, and their means by period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.data.coarsen import ROWS as GROUPED
from evaluation.data.numbers import numbers_of
from evaluation.data.panel import Panel
from evaluation.data.prepare import Prepared
from evaluation.data.roles import Roles
from evaluation.report.point_table import PointTable, Value

BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float64]
# Waves of adoption that one picture can hold.
WAVES = 4
COLUMNS = ("group", "first", "last", "period", "place", "mean", "rows", "post", "units")


@dataclass(frozen=True)
class Group:
    """Rows that are shown as one line.

    Attributes
    ----------
    name
        ``treated``, ``control``, ``wave``, ``never``, ...: a key of the language file.
    rows
        Which entries are of it, shape ``(n,)``.
    first, last
        Periods in which its first and last members adopt, as printed; empty where it is no wave.
    begins
        Period index from which it is treated; ``None`` where it never is, or at several dates.
    """

    name: str
    rows: BoolArray
    first: str = ""
    last: str = ""
    begins: float | None = None


def groups_of(sample: Prepared) -> tuple[Group, ...]:
    """Return the groups that a design compares over time; none where it compares none."""
    roles, panel = sample.roles, sample.panel
    if panel.period is None:
        return ()
    if roles.treated is None:
        # A treatment that varies over time parts nobody, and without a design nobody is compared.
        every = np.ones(len(panel.period), dtype=bool)
        if sample.design.kind == "none":
            return (Group("everyone", every, begins=_begins(roles, panel.period)),)
        return (Group("everyone", every),) if roles.dose is not None else ()
    if roles.cohort is not None:
        return tuple(_waves(sample, roles.cohort, panel.period))
    begins = _begins(roles, panel.period)
    treated = roles.treated == 1
    if roles.third is None:
        return (Group("treated", treated, begins=begins), Group("control", ~treated, begins=begins))
    inside = roles.third == 1
    return tuple(
        Group(name, side & part, begins=begins)
        for name, side, part in (
            ("treated_inside", treated, inside),
            ("control_inside", ~treated, inside),
            ("treated_outside", treated, ~inside),
            ("control_outside", ~treated, ~inside),
        )
        if (side & part).any()
    )


def _begins(roles: Roles, period: NDArray[np.int64]) -> float | None:
    """Return the first period after the reform, ``None`` where no row lies there."""
    post = roles.post == 1 if roles.post is not None else np.zeros(len(period), dtype=bool)
    return float(period[post].min()) if post.any() else None


def _waves(sample: Prepared, cohort: FloatArray, period: NDArray[np.int64]) -> Iterator[Group]:
    """Yield cohorts in waves of about as many rows each, then those that never adopt."""
    calendar = sample.panel.calendar
    adopting = np.isfinite(cohort) & (cohort > period.min())
    before = np.isfinite(cohort) & ~adopting
    if adopting.any():
        dates, place = np.unique(cohort[adopting], return_inverse=True)
        share = np.cumsum(np.bincount(place, weights=counts_of(sample.panel)[adopting]))
        wave = np.minimum((share - share[0]) / share[-1] * WAVES, WAVES - 1).astype(np.int64)
        wave = np.arange(len(dates)) if len(dates) <= WAVES else wave
        for one in np.unique(wave):
            own = dates[wave == one]
            rows = adopting & (cohort >= own[0]) & (cohort <= own[-1])
            ends = (calendar.label(int(own[0])), calendar.label(int(own[-1])))
            yield Group("wave", rows, *ends, begins=float(own[0]))
    if before.any():
        yield Group("always", before)
    never = ~np.isfinite(cohort)
    if never.any():
        yield Group("never", never)


def counts_of(panel: Panel) -> FloatArray:
    """Return how many rows of the panel each entry is, shape ``(n,)``."""
    if panel.rows is None:
        return np.ones(len(panel.frame))
    return panel.frame[panel.rows].to_numpy(np.float64)


def values_of(sample: Prepared, column: str) -> FloatArray | None:
    """Return a column as numbers, ``None`` where it holds text, shape ``(n,)``."""
    values = sample.panel.frame[column]
    plain = pd.api.types.is_bool_dtype(values) or pd.api.types.is_numeric_dtype(values)
    return numbers_of(values, "observed", column) if plain else None


def weights_of(sample: Prepared, column: str) -> FloatArray:
    """Return what each entry weighs in a mean of a column, shape ``(n,)``."""
    name = sample.panel.weight_of(column)
    if name is None:
        return np.ones(len(sample.panel.frame))
    return sample.panel.frame[name].to_numpy(np.float64, na_value=np.nan)


def means_by_period(
    sample: Prepared, column: str, groups: Sequence[Group], *, unit: str | None
) -> PointTable | None:
    """Return the mean of a column by group and period, ``None`` where there is nothing to show.

    A unit has one row a period, so that as many units stand behind a mean as rows; where rows are
    groups, as many persons as these hold.

    Parameters
    ----------
    sample
        Rows or cells with their periods.
    column
        What to average, weighted as the panel says.
    groups
        The lines.
    unit
        The panel's unit column, which cells do not hold; ``None`` where it names none.
    """
    values, period = values_of(sample, column), sample.panel.period
    if values is None or period is None:
        return None
    weight, count = weights_of(sample, column), counts_of(sample.panel)
    held = sample.panel.frame.get(GROUPED)
    count = count if held is None else held.to_numpy(np.float64)
    usable = ~np.isnan(values) & (weight > 0)
    rows: list[tuple[Value, ...]] = []
    for group in groups:
        chosen = group.rows & usable
        if not chosen.any():
            continue
        places, at = np.unique(period[chosen], return_inverse=True)
        total = np.bincount(at, weights=weight[chosen])
        mean = np.bincount(at, weights=weight[chosen] * values[chosen]) / total
        counted = np.bincount(at, weights=count[chosen])
        for one, value, n in zip(places.tolist(), mean.tolist(), counted.tolist(), strict=True):
            post = None if group.begins is None else int(one >= group.begins)
            name = (group.name, group.first or None, group.last or None)
            units = None if unit is None else round(n)
            place = sample.panel.calendar.label(one), one
            rows.append((*name, *place, value, round(n), post, units))
    return PointTable(COLUMNS, tuple(rows)) if rows else None


def named(prefix: str, tables: Mapping[str, PointTable | None]) -> dict[str, PointTable]:
    """Return tables by the name of their file, those that are there."""
    return {f"{prefix}_{name}": one for name, one in tables.items() if one is not None}
