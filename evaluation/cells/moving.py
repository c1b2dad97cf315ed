"""Clusters that change inside a unit: clusters are frozen residence."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.cells.needs_rows import NeedsRows
from evaluation.cells.sample import CellSample
from evaluation.data.model_refusals import cluster_moves, free_clusters, moving_cluster
from evaluation.spec.model import Model
from evaluation.spec.spec import Spec


def moving_clusters(
    sample: CellSample, spec: Spec, model: Model, entries: NDArray[np.bool_]
) -> tuple[str, ...]:
    """Return a warning for every cluster that changes inside a unit, where the model keeps it.

    Parameters
    ----------
    sample
        Cells, and what the histories of units show.
    spec, model
        Which clusters must be constant.
    entries
        Cells that the model uses, shape ``(n,)``.

    Raises
    ------
    DataError
        Where the model does not keep them.
    NeedsRows
        Where units change cluster, and the model sees only some of their rows.
    """
    facts = sample.gathered.units
    if spec.panel.unit is None:
        return ()
    panel = sample.prepared.panel
    warnings = []
    for cluster in free_clusters(spec, model):
        if _follows_time(sample, cluster, entries):
            continue
        if facts is None:
            warnings.append(f"nobody looked whether cluster {cluster!r} changes over time")
            continue
        count = facts.varying.get(cluster, 0)
        if not count:
            continue
        if panel.count(entries) != (facts.flow[-1].rows if facts.flow else -1):
            raise NeedsRows(
                f"cluster {cluster!r} changes over time in some units, and the model sees only "
                "part of their rows"
            )
        most = facts.flow[-1].units if facts.flow else None
        if cluster not in panel.frame and most is not None and 2 * count > most:
            raise NeedsRows(
                f"most units change cluster {cluster!r}, and no cell shows whether it follows time"
            )
        if model.moving_clusters != "keep":
            raise moving_cluster(model, cluster, count)
        warnings.append(cluster_moves(cluster, count))
    return tuple(sorted(warnings))


def _follows_time(sample: CellSample, cluster: str, entries: NDArray[np.bool_]) -> bool:
    """Whether a cluster has one value in each period, and so is one of time itself."""
    panel = sample.prepared.panel
    if panel.period is None or cluster not in panel.frame:
        return False
    values, periods = panel.frame[cluster], panel.period

    def follows() -> bool:
        period = periods[entries]
        code, levels = pd.factorize(values[entries])
        pairs = np.unique(period.astype(np.int64) * (len(levels) + 1) + code)
        return len(pairs) == len(np.unique(period))

    return sample.memo.value(f"follows time: {cluster}", (entries,), follows)
