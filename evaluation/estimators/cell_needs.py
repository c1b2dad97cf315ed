"""What every model of a spec needs of cells, as its estimator says."""

from __future__ import annotations

from evaluation.cells.needs import CellNeeds, NotFromCells
from evaluation.estimators.fitting import setting_of
from evaluation.estimators.registry import PLANNED, estimator
from evaluation.spec.spec import Spec


def needs_of(spec: Spec) -> dict[str, CellNeeds | NotFromCells]:
    """Return needs by model id; an estimator that is not built yet has none.

    Parameters
    ----------
    spec
        What is asked.
    """
    return {
        model.id: estimator(model.estimator).cells(setting_of(spec, model))
        if model.estimator not in PLANNED
        else NotFromCells(f"estimator {model.estimator!r} is not available yet")
        for model in spec.models
    }
