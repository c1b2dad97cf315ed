"""How many clusters the treated side has: with one, a clustered standard error says nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evaluation.cells.needs_rows import NeedsRows
from evaluation.data.model_data import IntArray
from evaluation.data.moments import rows_alone
from evaluation.estimators._problem import Problem
from evaluation.spec.variance import Inference

# The sandwich cannot see the variation of one treated cluster; with this many it still errs.
FEW = 4


def treated_clusters(
    rows: NDArray[np.bool_],
    clusters: tuple[IntArray, ...],
    inference: Inference,
    behind: IntArray | None = None,
    largest_far: float = 0.0,
    problem: Problem | None = None,
) -> int | None:
    """Return in how many clusters some rows lie, the fewest over cluster columns.

    Parameters
    ----------
    rows
        Whether a row is treated, shape ``(n,)``.
    clusters
        Codes of every cluster column.
    inference
        ``None`` is returned where its variance is not by cluster.
    behind
        Rows of the panel behind every entry, where entries are cells.
    largest_far
        Most rows in one cluster that no cell is made of, 0 without such a cluster.
    problem
        The regression, with the second pass over the rows of such clusters.

    Raises
    ------
    NeedsRows
        Where the treated may lie in few clusters that no cell is made of.
    """
    if inference.variance not in {"cr1", "cr3"}:
        return None
    counts = [int(np.count_nonzero(np.bincount(codes[rows]))) for codes in clusters]
    # So many rows cannot lie in few clusters: most often nobody needs to count them.
    if behind is not None and largest_far > 0.0 and behind[rows].sum() / largest_far <= FEW:
        counts += _counted(rows, problem)
    return min(counts, default=None)


def _counted(rows: NDArray[np.bool_], problem: Problem | None) -> list[int]:
    """Return in how many clusters of a second pass the rows of some cells lie."""
    if problem is None or problem.second_pass is None:
        raise NeedsRows("cells do not show in how many clusters the treated lie")
    some = problem.second_pass.narrowed(np.flatnonzero(rows))
    parts = rows_alone(int(rows.sum()))
    return [some.meat((name,), parts).clusters for name in problem.far]


def few_treated_clusters(count: int | None) -> tuple[str, ...]:
    """Return a warning where the treated side has few clusters, or one.

    MacKinnon and Webb (2017), Journal of Applied Econometrics 32(2), section 3: the score of a
    single treated cluster sums to zero, so that its variance is left out.
    """
    if count is None or count > FEW:
        return ()
    if count < 2:
        return (
            "one treated cluster: its own variation cannot be seen, so no standard error is given",
        )
    return (
        f"{count} treated clusters: standard errors by cluster are too small with so few, and "
        "intervals too narrow",
    )
