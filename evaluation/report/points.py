"""The points of figures that need rows: binned means on either side of a cutoff."""

from __future__ import annotations

import numpy as np

from evaluation.data.model_rows import outcome_values
from evaluation.data.prepare import Prepared
from evaluation.spec.design import RdDesign
from evaluation.spec.spec import Spec

Points = tuple[tuple[float, float, float], ...]
BINS_PER_SIDE = 40
DISCRETE_AT_MOST = 120


def plotted_points(prepared: Prepared, spec: Spec) -> dict[str, Points]:
    """Return ``(running variable, mean, rows)`` for every outcome of an RD design.

    Each value of a discrete running variable is a point; a continuous one is cut into equal bins
    that never straddle the cutoff.
    """
    running = prepared.roles.running
    if running is None:
        return {}
    # The rows of a donut take no part, and leave a gap.
    shown = prepared.roles.rows
    if prepared.roles.post is not None:
        shown = shown & (prepared.roles.post == 1)
    cutoff = float(getattr(spec.design, "cutoff", 0.0))
    design = spec.design
    discrete = isinstance(design, RdDesign) and design.running_variable.discrete
    return {
        f"rd_{name}": _binned(
            running[shown],
            outcome_values(prepared.panel.frame, name, outcome)[shown],
            cutoff,
            discrete,
        )
        for name, outcome in spec.outcomes.items()
    }


def _binned(running: np.ndarray, y: np.ndarray, cutoff: float, discrete: bool) -> Points:
    seen = ~np.isnan(y)
    running, y = running[seen], y[seen]
    values = np.unique(running)
    if discrete or len(values) <= DISCRETE_AT_MOST:
        place, centre = np.searchsorted(values, running), values
    else:
        below = np.linspace(running.min(), 0.0, BINS_PER_SIDE + 1)
        above = np.linspace(0.0, running.max(), BINS_PER_SIDE + 1)
        edges = np.concatenate([below, above[1:]])
        place = np.clip(np.searchsorted(edges, running, side="right") - 1, 0, len(edges) - 2)
        centre = (edges[1:] + edges[:-1]) / 2
    count = np.bincount(place, minlength=len(centre))
    total = np.bincount(place, weights=y, minlength=len(centre))
    return tuple(
        (float(centre[at] + cutoff), float(total[at] / count[at]), float(count[at]))
        for at in np.flatnonzero(count)
    )
