"""How many clusters the treated side has: with one, a clustered standard error says nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evaluation.data.model_data import IntArray
from evaluation.spec.variance import Inference

# The sandwich cannot see the variation of one treated cluster; with this many it still errs.
FEW = 4


def treated_clusters(
    rows: NDArray[np.bool_], clusters: tuple[IntArray, ...], inference: Inference
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
    """
    if inference.variance not in {"cr1", "cr3"}:
        return None
    return min((len(np.unique(codes[rows])) for codes in clusters), default=None)


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
