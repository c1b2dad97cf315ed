"""Which controls have so few values that grouping by them is cheaper than their products."""

from __future__ import annotations

from evaluation.cells.needs import CellNeeds
from evaluation.cells.planning.levels import Levels
from evaluation.spec.model import Model

# Values of one control, and of all of them together: groups grow by as much.
LARGEST_CONTROL = 16
LARGEST_PRODUCT = 32


def few_valued(models: tuple[tuple[Model, CellNeeds], ...], levels: Levels) -> frozenset[str]:
    """Return controls of few values, in the order of the spec until groups would be too many.

    One decision for the spec, so that models that share a pass agree.

    Parameters
    ----------
    models
        Those that may run from cells.
    levels
        How many values columns have.
    """
    chosen, size = set(), 1
    for name in dict.fromkeys(name for model, _ in models for name in model.controls):
        count = levels.of(name)
        facts = levels.columns.get(name)
        if facts is None or count is None:
            continue
        if count <= LARGEST_CONTROL and size * count <= LARGEST_PRODUCT:
            chosen.add(name)
            size *= count
    return frozenset(chosen)
