"""How many rows, recipients and entries there are at each value of a running variable."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from evaluation.cells.supply import Supply
from evaluation.data.model_data import FloatArray
from evaluation.data.prepare import Prepared
from evaluation.estimators.fitting import ModelResult
from evaluation.report.point_table import PointTable, Value
from evaluation.spec.design import RdDesign
from evaluation.spec.spec import Spec

NAME = "counts"
COLUMNS = ("series", "period", "x", "count", "rows")
# What the columns of persons by month are called.
COUNTED = {"recipients": "sa_received", "entries": "sa_entry"}
# Beyond so many values a continuous running variable is cut into this many bins a side.
DISCRETE_AT_MOST, BINS = 120, 40
PERIODS = ((0, "before"), (1, "after"))


def observe(supply: Supply, spec: Spec, results: tuple[ModelResult, ...]) -> dict[str, PointTable]:
    """Return counts by value of the running variable, before and after the reform.

    ``rows`` are those of the sample, for recipients and entries those whose column is known: who is
    not at risk of entry has none. They are counted in cells; from rows only where models were
    fitted on these too.
    """
    del results
    if not isinstance(spec.design, RdDesign):
        return {}
    found = list(_counts(_sample(supply), spec.design, "rows", None))
    for series, column in COUNTED.items():
        held = _sample(supply, column)
        if held is not None and column in held.panel.frame:
            found += _counts(held, spec.design, series, column)
    return {NAME: PointTable(COLUMNS, tuple(found))} if found else {}


def _sample(supply: Supply, *columns: str) -> Prepared | None:
    if supply.gathered is not None:
        return supply.cells_holding(*columns)
    return supply.rows if supply.has_rows else None


def _counts(
    sample: Prepared | None, design: RdDesign, series: str, column: str | None
) -> Iterator[tuple[Value, ...]]:
    if sample is None or sample.roles.running is None:
        return
    panel, roles = sample.panel, sample.roles
    running = np.asarray(sample.roles.running, dtype=np.float64)
    size = np.ones(len(running))
    if panel.rows is not None:
        size = panel.frame[panel.rows].to_numpy(np.float64)
    value = size if column is None else panel.frame[column].to_numpy(np.float64) * size
    known = np.asarray(roles.rows, dtype=bool) & ~np.isnan(value) & ~np.isnan(running)
    post = roles.post
    periods = ((None, "all"),) if post is None else PERIODS
    for code, period in periods:
        chosen = known if code is None or post is None else known & (post == code)
        columns = (running[chosen], value[chosen], size[chosen])
        for x, count, rows in _by_value(*columns, design.running_variable.discrete):
            yield series, period, x + float(design.cutoff), round(count), round(rows)


def _by_value(
    running: FloatArray, value: FloatArray, size: FloatArray, discrete: bool
) -> Iterator[tuple[float, float, float]]:
    if not len(running):
        return
    centre, place = np.unique(running, return_inverse=True)
    if not discrete and len(centre) > DISCRETE_AT_MOST:
        low, high = min(float(centre[0]), 0.0), max(float(centre[-1]), 0.0)
        edges = np.unique(
            np.concatenate([np.linspace(low, 0.0, BINS + 1), np.linspace(0.0, high, BINS + 1)])
        )
        place = np.clip(np.searchsorted(edges, running, side="right") - 1, 0, len(edges) - 2)
        centre = (edges[1:] + edges[:-1]) / 2
    counts = np.bincount(place, value, len(centre))
    rows = np.bincount(place, size, len(centre))
    for at in np.flatnonzero(rows > 0):
        yield float(centre[at]), float(counts[at]), float(rows[at])
