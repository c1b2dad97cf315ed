"""Means of every outcome by period, for the groups that the design compares."""

from __future__ import annotations

from evaluation.cells.supply import Supply
from evaluation.estimators.fitting import ModelResult
from evaluation.report.observed._groups import groups_of, means_by_period, named
from evaluation.report.point_table import PointTable
from evaluation.spec.horizons import parted
from evaluation.spec.spec import Spec


def observe(supply: Supply, spec: Spec, results: tuple[ModelResult, ...]) -> dict[str, PointTable]:
    """Return the raw trends of outcomes that are measured in the period of their row.

    Means are of the column as it stands, never of its logarithm.
    """
    del results
    found = {}
    for name, outcome in spec.outcomes.items():
        sample = None if parted(name)[1] is not None else supply.at_hand(outcome.measured)
        if sample is not None and (groups := groups_of(sample)):
            found[name] = means_by_period(sample, outcome.measured, groups, unit=spec.panel.unit)
    return named("trends", found)
