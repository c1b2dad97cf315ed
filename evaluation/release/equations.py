"""Numbers that follow from others by an equation, such as an effect from those it is the sum of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# Places of numbers with their coefficients.
Equation = tuple[tuple[int, float], ...]
EXACT = 1e-8


def unsolvable(
    equations: Sequence[Equation], hidden: frozenset[int], weight: Sequence[float]
) -> frozenset[int]:
    """Return the numbers to hide so that no hidden one follows from those printed.

    A hidden number follows where the equations determine it: where its unit vector lies in the
    space of their rows, over hidden numbers alone.

    Parameters
    ----------
    equations
        Numbers that stand in one linear equation, by place, with their coefficients.
    hidden
        Places to hide in any case.
    weight
        What hiding a number costs, shape ``(n,)``: the cheapest is hidden.
    """
    matrix = np.zeros((len(equations), len(weight)))
    for at, one in enumerate(equations):
        for place, coefficient in one:
            matrix[at, place] = coefficient
    while True:
        more = {
            found
            for at in _following(matrix, hidden)
            if (found := _cheapest(equations, hidden, at, weight)) is not None
        }
        if not more:
            return hidden
        # One at a time: the first may protect the others too.
        hidden |= {min(more, key=lambda place: (weight[place], place))}


def _following(matrix: NDArray[np.float64], hidden: frozenset[int]) -> list[int]:
    """Return the hidden places that the equations determine."""
    places = sorted(hidden)
    if not places or not len(matrix):
        return []
    own = matrix[:, places]
    share = np.diagonal(np.linalg.pinv(own) @ own)
    return [place for place, one in zip(places, share, strict=True) if one > 1 - EXACT]


def _cheapest(
    equations: Sequence[Equation], hidden: frozenset[int], at: int, weight: Sequence[float]
) -> int | None:
    """Return the cheapest printed number in an equation with a hidden one, ``None`` without."""
    named = [{place for place, _ in one} for one in equations]
    beside = {place for one in named if at in one for place in one} - hidden
    return min(beside, key=lambda place: (weight[place], place), default=None)
