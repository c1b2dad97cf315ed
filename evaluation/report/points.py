"""The points of figures that need rows: binned means on either side of a cutoff."""

from __future__ import annotations

import numpy as np

from evaluation.cells.supply import Supply
from evaluation.data.model_rows import outcome_values
from evaluation.data.prepare import Prepared
from evaluation.spec.design import RdDesign
from evaluation.spec.sample import Outcome
from evaluation.spec.spec import Spec

Points = tuple[tuple[float, float, float], ...]
BINS_PER_SIDE = 40
DISCRETE_AT_MOST = 120


def plotted_points(supply: Supply, spec: Spec) -> dict[str, Points]:
    """Return ``(running variable, mean, rows)`` for every outcome of an RD design.

    Each value of a discrete running variable is a point; a continuous one is cut into equal bins
    that never straddle the cutoff. Means are those of the rows, not weighted.
    """
    design = spec.design
    if not isinstance(design, RdDesign):
        return {}
    found = {}
    for name, outcome in spec.outcomes.items():
        # A mean of logarithms is not the logarithm of a mean, nor a weighted mean a plain one.
        plain = outcome.transform is None and spec.panel.weight is None
        sample = supply.holding(outcome.measured) if plain else supply.rows
        found[f"rd_{name}"] = _points(sample, design, name, outcome)
    return found


def _points(sample: Prepared, design: RdDesign, name: str, outcome: Outcome) -> Points:
    running = sample.roles.running
    if running is None:
        return ()
    # The rows of a donut take no part, and leave a gap.
    shown = sample.roles.rows
    if sample.roles.post is not None:
        shown = shown & (sample.roles.post == 1)
    panel = sample.panel
    rows = np.ones(len(shown)) if panel.rows is None else panel.frame[panel.rows].to_numpy(float)
    return _binned(
        running[shown],
        outcome_values(panel.frame, name, outcome)[shown],
        rows[shown],
        float(design.cutoff),
        design.running_variable.discrete,
    )


def _binned(
    running: np.ndarray, y: np.ndarray, rows: np.ndarray, cutoff: float, discrete: bool
) -> Points:
    seen = ~np.isnan(y)
    running, y, rows = running[seen], y[seen], rows[seen]
    values = np.unique(running)
    if discrete or len(values) <= DISCRETE_AT_MOST:
        place, centre = np.searchsorted(values, running), values
    else:
        below = np.linspace(running.min(), 0.0, BINS_PER_SIDE + 1)
        above = np.linspace(0.0, running.max(), BINS_PER_SIDE + 1)
        edges = np.concatenate([below, above[1:]])
        place = np.clip(np.searchsorted(edges, running, side="right") - 1, 0, len(edges) - 2)
        centre = (edges[1:] + edges[:-1]) / 2
    count = np.bincount(place, weights=rows, minlength=len(centre))
    total = np.bincount(place, weights=rows * y, minlength=len(centre))
    return tuple(
        (float(centre[at] + cutoff), float(total[at] / count[at]), float(count[at]))
        for at in np.flatnonzero(count)
    )
