"""When units adopt: how many at each date, and between which dates where it is half known."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from evaluation.cells.supply import Supply
from evaluation.data.adoption_dates import DatedUnits
from evaluation.data.prepare import Prepared
from evaluation.estimators.fitting import ModelResult
from evaluation.report.point_table import PointTable, Value
from evaluation.spec.design import StaggeredDesign
from evaluation.spec.spec import Spec

COLUMNS = ("earliest", "latest", "first", "last", "units", "rows", "never")


def observe(supply: Supply, spec: Spec, results: tuple[ModelResult, ...]) -> dict[str, PointTable]:
    """Return one row for each date, or each pair of an earliest and a latest date.

    Units whose dates keep them out of the sample are counted as well. ``first`` and ``last`` are
    period indices; ``never`` marks those beyond the last period. ``units`` is empty where the cells
    at hand do not tell units apart.
    """
    del results
    if not isinstance(spec.design, StaggeredDesign):
        return {}
    held = (supply.at_hand(one.measured) for one in spec.outcomes.values())
    sample = next((one for one in held if one is not None), None)
    if sample is None or sample.roles.cohort is None:
        return {}
    dated = sample.roles.dated or tuple(_certain(sample, sample.roles.cohort))
    return {"adoption": PointTable(COLUMNS, tuple(_row(sample, one) for one in dated))}


def _certain(sample: Prepared, cohort: np.ndarray) -> Iterator[DatedUnits]:
    """Yield the units of every cohort."""
    panel = sample.panel
    codes = None
    if panel.unit is not None and panel.unit in panel.frame:
        codes = pd.factorize(panel.frame[panel.unit], sort=True)[0]
    for date in np.unique(cohort).tolist():
        chosen = cohort == date
        units = None if codes is None else len(np.unique(codes[chosen]))
        yield DatedUnits(date, date, units, panel.count(chosen))


def _row(sample: Prepared, one: DatedUnits) -> tuple[Value, ...]:
    known = [None if np.isinf(end) else int(end) for end in (one.earliest, one.latest)]
    label = sample.panel.calendar.label
    named = [None if end is None else label(end) for end in known]
    return (*named, *known, one.units, one.rows, int(np.isinf(one.earliest)))
