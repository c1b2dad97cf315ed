"""Refuse a panel whose whole numbers look like months where the spec does not say what they are."""

from __future__ import annotations

from evaluation.cells.engines import engine_of
from evaluation.cells.expressions.values import facts_of
from evaluation.cells.relation import Relation
from evaluation.cells.settings import Settings
from evaluation.data.periods import calendar_of
from evaluation.spec.spec import Spec
from evaluation.spec.time_rules import time_unit_of


def refuse_doubtful_time(relation: Relation, spec: Spec, settings: Settings) -> None:
    """Look at the distinct times of a panel, as reading its rows would.

    Parameters
    ----------
    relation
        The panel.
    spec
        Names the time column, and perhaps its unit.
    settings
        Limits of the engine.

    Raises
    ------
    DataError
        Where whole numbers look like YYYYMM and the spec does not say what they are.
    """
    time = spec.panel.time
    if time is None or time_unit_of(spec) is not None or facts_of(relation, time).kind == "date":
        return
    found = engine_of(relation).fetch(relation, relation.table.select(time).distinct(), settings)
    calendar_of(found.column(0).to_pandas(), None, spec.panel.period)
