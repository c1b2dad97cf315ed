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
    part
        Part of every point, shape ``(P,)``; ``None`` where nothing parts them.
    """

    units: int
    variables: int
    points: int
    largest: int | None
    dense: Callable[[int, int], NDArray[Any]]
    part: IntArray | None = None


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
    apart
        As ``successive``, inside each part; ``None`` where there is one part.
    """

    products: FloatArray
    successive: IntArray
    units: int
    apart: IntArray | None = None

    def plus(self, other: PairSums) -> PairSums:
        """Return the sums over these units and those of another part, of which none is here."""
        return PairSums(
            self.products + other.products,
            self.successive + other.successive,
            self.units + other.units,
            None if self.apart is None or other.apart is None else self.apart + other.apart,
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
    part = values.part
    apart = None if part is None or len(np.unique(part)) < 2 else np.zeros_like(follows)
    units = 0
    for low in range(0, values.units, step):
        high = min(low + step, values.units)
        dense = values.dense(low, high)
        seen = np.ascontiguousarray(dense[:, 0] != 0)
        units += int(seen.any(axis=1).sum())
        follows += _follows(seen, np.zeros(points, dtype=np.int64))
        if part is not None and apart is not None:
            apart += _follows(seen, part)
        block = dense.reshape(high - low, width).astype(kind or np.float64)
        with one_blas_thread():
            product = np.matmul(block.T, block)
        total += product if kind is None else np.rint(product).astype(np.int64)
    joint = total.reshape(variables, points, variables, points).transpose(0, 2, 1, 3)
    products = np.ascontiguousarray(joint, dtype=np.float64)
    square = (points, points)
    return PairSums(
        products, follows.reshape(square), units, None if apart is None else apart.reshape(square)
    )


def _follows(seen: NDArray[np.bool_], part: IntArray) -> IntArray:
    """Return how many units are seen at a point, and next inside its part at another.

    A pair of points is one number: of a point with itself, or with the unit's next point.
    """
    points = len(part)
    order = np.argsort(part, kind="stable").astype(np.int32)
    inside = seen if (order == np.arange(points)).all() else seen[:, order]
    here = np.flatnonzero(np.ascontiguousarray(inside))
    unit, place = np.divmod(here.astype(np.int32), np.int32(points))
    point = order[place]
    same = unit[1:] == unit[:-1]
    if part.any():
        same &= part[point[1:]] == part[point[:-1]]
    found = np.bincount(point * (points + 1), minlength=points * points)
    moved = point[:-1] * points + point[1:]
    found += np.bincount(moved[same], minlength=points * points)
    return found


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
