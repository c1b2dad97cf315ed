"""The largest violation of an assumption that a conclusion survives."""

from __future__ import annotations

from collections.abc import Callable

DOUBLINGS = 40
HALVINGS = 17


def breakdown(holds: Callable[[float], bool], start: float) -> float | None:
    """Return the largest violation for which a conclusion holds, to five digits.

    Parameters
    ----------
    holds
        Whether it holds at a size; taken to fail beyond the first size at which it does not.
    start
        First size tried, positive; doubled until the conclusion fails.

    Returns
    -------
    float or None
        ``None`` where it fails without any violation; infinity where no size tried upsets it.
    """
    if not holds(0.0):
        return None
    low, high = 0.0, start
    for _ in range(DOUBLINGS):
        if not holds(high):
            break
        low, high = high, 2.0 * high
    else:
        return float("inf")
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        if holds(middle):
            low = middle
        else:
            high = middle
    return low
