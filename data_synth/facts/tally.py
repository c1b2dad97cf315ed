"""Exact sums from which a ratio over persons and its Monte Carlo error follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Pair = tuple[NDArray[Any], NDArray[Any]]
"""What each person adds to the top and to the bottom of a ratio: integers or flags, ``(n,)``."""


@dataclass(frozen=True)
class Estimate:
    """A simulated value and its Monte Carlo standard error; none where there is nobody to count.

    The error is zero for what a world settles without drawing persons.
    """

    value: float | None
    error: float | None = None

    def times(self, factor: float) -> Estimate:
        """Return the estimate in another unit."""
        if self.value is None or self.error is None:
            return self
        return Estimate(self.value * factor, self.error * abs(factor))


@dataclass(frozen=True)
class Tally:
    """Sums over persons of top, bottom and their products.

    They are integers without bounds: the order in which chunks are added up cannot matter.
    """

    top: int = 0
    bottom: int = 0
    top_top: int = 0
    top_bottom: int = 0
    bottom_bottom: int = 0

    @classmethod
    def of(cls, pair: Pair) -> Tally:
        """Sum over the persons of one chunk."""
        top, bottom = (side.astype(np.int64) for side in pair)
        sums = (top.sum(), bottom.sum(), top @ top, top @ bottom, bottom @ bottom)
        return cls(*(int(value) for value in sums))

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.top + other.top,
            self.bottom + other.bottom,
            self.top_top + other.top_top,
            self.top_bottom + other.top_bottom,
            self.bottom_bottom + other.bottom_bottom,
        )

    def ratio(self) -> Estimate:
        """Return top over bottom, its error linearised and by person."""
        if not self.bottom:
            return Estimate(None)
        ratio = self.top / self.bottom
        squares = self.top_top - 2.0 * ratio * self.top_bottom + ratio**2 * self.bottom_bottom
        return Estimate(ratio, max(squares, 0.0) ** 0.5 / self.bottom)
