"""Sums over units of products of what they have at two points, by matrix products over chunks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.cells.threads import one_blas_thread
from evaluation.data.model_data import FloatArray, IntArray

# Numbers in one dense chunk, units × variables × points.
CHUNK = 2**23
# Whole numbers below these are exact in floats of 32 and 64 bits.
EXACT_SINGLE, EXACT_DOUBLE = 2**24, 2**53


@dataclass(frozen=True)
class AtPoints:
    """What units have at points, dense a chunk at a time.

    Attributes
    ----------
    units
        Number of units U.
    variables, points
        Numbers V and P.
    largest
        Largest absolute value where all values are whole numbers, ``None`` otherwise.
    dense
        Gives, for the units from one position to another, their values, shape ``(n, V, P)``; the
        first variable counts rows.
    """

    units: int
    variables: int
    points: int
    largest: int | None
    dense: Callable[[int, int], NDArray[Any]]


@dataclass(frozen=True)
class PairSums:
    """What pairs of points give.

    Attributes
    ----------
    products
        Shape ``(V, V, P, P)``; see :class:`evaluation.data.moments.PairCells`.
    successive
        Shape ``(P, P)``; see there.
    units
        Units with a row at all.
    """

    products: FloatArray
    successive: IntArray
    units: int

    def plus(self, other: PairSums) -> PairSums:
        """Return the sums over these units and those of another part, of which none is here."""
        return PairSums(
            self.products + other.products,
            self.successive + other.successive,
            self.units + other.units,
        )


def pair_sums(values: AtPoints) -> PairSums:
    """Return the sums of products over all units.

    Whole numbers are multiplied in chunks in which every sum is exact, and added as whole numbers;
    others are added in the order of the units. Neither depends on threads.

    Parameters
    ----------
    values
        What units have, points in ascending order.
    """
    variables, points = values.variables, values.points
    width = variables * points
    step = max(CHUNK // max(width, 1), 1)
    kind = _exact_in(values.largest, step, values.units)
    total: NDArray[Any] = np.zeros((width, width), dtype=np.float64 if kind is None else np.int64)
    follows = np.zeros(points * points, dtype=np.int64)
    units = 0
    for low in range(0, values.units, step):
        high = min(low + step, values.units)
        dense = values.dense(low, high)
        here = np.flatnonzero(np.ascontiguousarray(dense[:, 0] != 0))
        unit, point = np.divmod(here.astype(np.int32), np.int32(points))
        same = unit[1:] == unit[:-1]
        units += len(unit) - int(same.sum())
        # A pair of points as one number: with itself, or with the unit's next point.
        follows += np.bincount(point * (points + 1), minlength=len(follows))
        moved = point[:-1] * points + point[1:]
        follows += np.bincount(moved[same], minlength=len(follows))
        block = dense.reshape(high - low, width).astype(kind or np.float64)
        with one_blas_thread():
            product = np.matmul(block.T, block)
        total += product if kind is None else np.rint(product).astype(np.int64)
    joint = total.reshape(variables, points, variables, points).transpose(0, 2, 1, 3)
    products = np.ascontiguousarray(joint, dtype=np.float64)
    return PairSums(products, follows.reshape(points, points), units)


def _exact_in(
    largest: int | None, step: int, units: int
) -> type[np.float32] | type[np.float64] | None:
    """Return the floats in which products of a chunk are exact, ``None`` where none are."""
    if largest is None:
        return None
    square = max(largest, 1) ** 2
    if square * step < EXACT_SINGLE:
        return np.float32
    return np.float64 if square * step < EXACT_DOUBLE and square * units < 2**63 else None
