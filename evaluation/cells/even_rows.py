"""Panels in which every unit has as many rows: shares of units then need no look at them."""

from __future__ import annotations

import numpy as np

from evaluation.cells.gathered import UnitFacts
from evaluation.cells.role_counts import SEEN


def even_rows(facts: UnitFacts | None) -> int | None:
    """Return how many rows of the sample every unit has, ``None`` where units differ.

    Parameters
    ----------
    facts
        What histories show; ``None`` where nobody looked.
    """
    if facts is None or facts.duplicates or facts.axis is not None:
        return None
    words = [name for name in facts.histories.columns if str(name).startswith(SEEN)]
    if not words or not len(facts.histories):
        return None
    seen = facts.histories[words].to_numpy(dtype=np.int64)
    rows = np.bitwise_count(seen).sum(axis=1)
    first = int(rows[0])
    return first if first > 0 and bool((rows == first).all()) else None
