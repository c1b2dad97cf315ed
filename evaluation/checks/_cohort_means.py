"""Mean outcomes by cohort and period of the rows or cells that a model saw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.data.model_data import FloatArray, ModelData
from evaluation.inference.bacon import CohortMeans

# Shares of cohorts that differ by less between periods are the same.
SAME = 1e-9


@dataclass(frozen=True)
class CohortPanel:
    """Means by cohort and period, and whether cohorts keep their shares over time."""

    cells: CohortMeans
    balanced: bool


def cohort_means(data: ModelData, design: Any) -> CohortPanel | str:
    """Return means by cohort and period, or why there are none.

    Units treated from the first period on are left out where the design names cohorts, as the
    estimator does; cohorts that start after the data count as never treated.

    Parameters
    ----------
    data
        Rows or cells of one outcome.
    design
        ``anticipation``, where the design has it.
    """
    if data.period is None:
        return "the panel has no periods: set panel.time"
    cohort = data.cohort if data.cohort is not None else _from_dose(data)
    if isinstance(cohort, str):
        return cohort
    used = np.ones(data.entries, dtype=np.bool_)
    if data.cohort is not None:
        used = cohort - getattr(design, "anticipation", 0) > data.period.min()
    cohort = np.where(cohort > data.period.max(), np.inf, cohort)[used]
    mass = (np.ones(data.entries) if data.weight is None else data.weight)[used]
    groups, group = np.unique(cohort, return_inverse=True)
    periods, period = np.unique(data.period[used], return_inverse=True)
    shape = (len(groups), len(periods))
    cell = group * shape[1] + period
    weight = np.bincount(cell, mass, shape[0] * shape[1]).reshape(shape)
    if len(groups) < 2 or not np.isfinite(groups[0]):
        return "no two cohorts start at different times, or none is treated inside the data"
    if not weight.all():
        return "some cohort has no rows in some period, so that it cannot be compared there"
    total = np.bincount(cell, mass * data.y[used], shape[0] * shape[1]).reshape(shape)
    size, length = weight.sum(axis=1), weight.sum(axis=0)
    even = np.outer(size, length) / weight.sum()
    balanced = bool(np.abs(weight / even - 1.0).max() < SAME) and _complete(data, used)
    means = CohortMeans(groups, periods.astype(np.float64), total / weight, size, length)
    return CohortPanel(means, balanced)


def _complete(data: ModelData, used: NDArray[np.bool_]) -> bool:
    """Say whether every unit is seen in every period, as far as can be seen."""
    if data.unit is None or data.from_cells:
        return data.complete is not False
    seen = np.bincount(data.unit[used])
    return bool(np.ptp(seen[seen > 0]) == 0)


def _from_dose(data: ModelData) -> FloatArray | str:
    """Return when each row's unit is first treated, from a treatment that never ends."""
    if data.dose is None:
        return "adoption is not staggered: the design names no cohort and no treatment over time"
    if data.unit is None or data.from_cells or data.period is None:
        return (
            "the design names no cohort, and none can be read off units: set design.cohort, or "
            "panel.unit and run with --engine microdata"
        )
    if not np.isin(data.dose, (0.0, 1.0)).all():
        return "treatment takes other values than 0 and 1"
    on = data.dose > 0
    begun = np.full(int(data.unit.max()) + 1, np.inf)
    np.minimum.at(begun, data.unit[on], data.period[on].astype(np.float64))
    cohort: FloatArray = begun[data.unit]
    if np.any((data.period >= cohort) != on):
        return "treatment switches off: the decomposition holds where it stays on"
    return cohort
