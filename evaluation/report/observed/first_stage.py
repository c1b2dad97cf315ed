"""Means by period of what the reform gives: conditions, their kinds and their hours."""

from __future__ import annotations

from evaluation.cells.supply import Supply
from evaluation.estimators.fitting import ModelResult
from evaluation.report.observed._groups import groups_of, means_by_period, named
from evaluation.report.point_table import PointTable
from evaluation.spec.spec import Spec


def observe(supply: Supply, spec: Spec, results: tuple[ModelResult, ...]) -> dict[str, PointTable]:
    """Return the trends of every column that bounds count in or that is the treatment received."""
    del results
    columns = [effect.first_stage for effect in spec.smallest_effect_of_interest]
    received = getattr(spec.design, "treatment", None)
    columns += [None if received is None else received.column]
    found = {}
    for column in dict.fromkeys(filter(None, columns)):
        sample = supply.at_hand(column)
        if sample is not None and (groups := groups_of(sample)):
            found[column] = means_by_period(sample, column, groups, unit=spec.panel.unit)
    return named("first_stage", found)
