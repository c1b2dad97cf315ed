"""Read sums out of a table of cells: totals, means, and products about the means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.cells.centres import centre_in
from evaluation.cells.gathered import CellTable
from evaluation.cells.needs_rows import NeedsRows
from evaluation.cells.plan import MISSING, ROWS, WEIGHT
from evaluation.data.model_data import FloatArray

# Products of whole numbers below this stay inside 64 bits.
SAFE = 2**62
# Sums over more groups than these are taken anew each time, so that they are not held.
MOST_HELD = 500_000


def sum_name(*names: str) -> str:
    """Return the column that holds the sum of a quantity, or of a product of two."""
    return "_".join(("ad_sum", *names))


@dataclass(frozen=True)
class Sums:
    """The sums of a table's cells, taken together over groups of cells.

    Attributes
    ----------
    table
        The cells.
    chosen
        Positions of the cells that take part, shape ``(chosen,)``.
    group
        Group of each of them, 0..groups-1, shape ``(chosen,)``.
    groups
        Number of groups.
    held
        Sums, means and products already taken, by name.
    """

    table: CellTable
    chosen: NDArray[np.int64]
    group: NDArray[np.int64]
    groups: int
    held: dict[str | tuple[int, int], NDArray[Any]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def position(self, column: str, log: bool = False) -> int | None:
        """Return which quantity of the pass a column is, ``None`` where it is none."""
        wanted = (column, log)
        found = (
            at
            for at, one in enumerate(self.table.made.quantities)
            if (one.column, one.log) == wanted
        )
        return next(found, None)

    def rows(self) -> NDArray[np.int64]:
        """Return the rows of each group, shape ``(groups,)``."""
        return np.asarray(self._sum(ROWS), dtype=np.int64)

    def weight(self) -> NDArray[Any]:
        """Return the sum of weights of each group, its rows in a panel without weights."""
        return self._sum(self._weight)

    def mass(self) -> FloatArray:
        """Return :meth:`weight` as floats."""
        return self.kept(f"{self._weight} as floats", lambda: self.weight().astype(np.float64))

    @property
    def _weight(self) -> str:
        return WEIGHT if WEIGHT in self.table.frame else ROWS

    def column(self, name: str) -> FloatArray:
        """Return a column of the table, summed over each group, shape ``(groups,)``."""
        return self._sum(name).astype(np.float64)

    def centre(self, at: int) -> float:
        """Return what was taken off a quantity before it was summed, 0 for nothing."""
        return centre_in(self.table.frame, self.table.made.quantities[at].name)

    def total(self, at: int) -> NDArray[Any]:
        """Return the sum of a quantity, less its centre, in each group.

        Whole numbers where it holds such: these have no centre.
        """
        return self._sum(sum_name(self.table.made.quantities[at].name))

    def product(self, first: int, second: int) -> NDArray[Any]:
        """Return the sum of a product of two quantities, less their centres, in each group.

        Raises
        ------
        NeedsRows
            Where the pass did not sum it.
        """
        low, high = sorted((first, second))
        quantities = self.table.made.quantities
        if (low, high) in self.table.made.products:
            return self._sum(sum_name(quantities[low].name, quantities[high].name))
        if low == high:
            return self.total(low)  # only 0 and 1 are left without their squares
        raise NeedsRows(
            f"the cells hold no products of {quantities[low].name!r} and {quantities[high].name!r}"
        )

    def has_product(self, first: int, second: int) -> bool:
        """Whether the pass summed a product of two quantities."""
        low, high = sorted((first, second))
        return low == high or (low, high) in self.table.made.products

    def mean(self, at: int) -> FloatArray:
        """Return the weighted mean of a quantity in each group, shape ``(groups,)``."""

        def mean() -> FloatArray:
            return np.asarray(self.total(at) / self.weight(), dtype=np.float64) + self.centre(at)

        return self.kept(f"mean {at}", mean)

    def scatter(self, members: tuple[int, ...]) -> FloatArray:
        """Return cross-products of quantities about their means in each group.

        Σ w v v' - (Σ w v)(Σ w v') / Σ w, of whole numbers without rounding before the division.

        Parameters
        ----------
        members
            Positions of quantities, q in all; the result has shape ``(groups, q, q)``.

        Raises
        ------
        NeedsRows
            Where the pass did not sum a product.
        """
        # Each product's groups lie side by side in memory: written and read so, product by product.
        found = np.empty((len(members), len(members), self.groups)).transpose(2, 0, 1)
        weight = self.weight()
        for a, first in enumerate(members):
            for b, second in enumerate(members[: a + 1]):
                about = self._about(weight, first, second)
                found[:, a, b] = found[:, b, a] = about
        return found

    def _about(self, weight: NDArray[Any], first: int, second: int) -> NDArray[Any]:
        pair = (min(first, second), max(first, second))

        def about() -> FloatArray:
            totals = self.total(pair[0]), self.total(pair[1])
            return _about_means(weight, self.product(*pair), *totals)

        return self.kept(pair, about)

    def kept(self, name: str | tuple[int, int], make: Callable[[], NDArray[Any]]) -> NDArray[Any]:
        """Return what was made under a name, or make it; of few groups it is held.

        Parameters
        ----------
        name
            What it is, one for each.
        make
            Makes it; nobody may write into what it returns.
        """
        if name in self.held:
            return self.held[name]
        values = make()
        if self.groups <= MOST_HELD:
            values.flags.writeable = False
            self.held[name] = values
        return values

    def _sum(self, name: str) -> NDArray[Any]:
        return self.kept(name, lambda: self._taken(name))

    def _taken(self, name: str) -> NDArray[Any]:
        values = self.table.frame[name].to_numpy()[self.chosen]
        if len(values) == self.groups:
            ordered = np.empty_like(values)
            ordered[self.group] = values
            return ordered
        if values.dtype == object or _may_overflow(values):
            total: NDArray[Any] = np.zeros(self.groups, dtype=object)
            np.add.at(total, self.group, values.astype(object))
            return _narrow(total)
        total = np.zeros(self.groups, dtype=values.dtype)
        np.add.at(total, self.group, values)
        return total


def _about_means(
    weight: NDArray[Any], product: NDArray[Any], first: NDArray[Any], second: NDArray[Any]
) -> FloatArray:
    if any(one.dtype.kind == "f" for one in (weight, product, first, second)):
        return np.asarray(product - first * (second / weight), dtype=np.float64)
    if max(_largest(weight) * _largest(product), _largest(first) * _largest(second)) >= SAFE:
        weight, product, first, second = (
            one.astype(object) for one in (weight, product, first, second)
        )
    numerator = weight * product - first * second
    about: FloatArray = numerator.astype(np.float64) / weight.astype(np.float64)
    return about


def _largest(values: NDArray[Any]) -> int:
    return max(abs(int(values.max())), abs(int(values.min()))) if len(values) else 0


def _may_overflow(values: NDArray[Any]) -> bool:
    return values.dtype.kind in "iu" and _largest(values) * len(values) >= SAFE


def _narrow(total: NDArray[Any]) -> NDArray[Any]:
    """Return whole numbers as 64-bit ones where all of them fit, other numbers as floats."""
    if any(isinstance(one, float) for one in total):
        return total.astype(np.float64)
    return total.astype(np.int64) if _largest(total) < SAFE else total


def missing_bit(frame: pd.DataFrame, at: int) -> NDArray[np.bool_]:
    """Return which cells lack a quantity, shape ``(n,)``."""
    mask = frame[MISSING].to_numpy(np.int64)
    return np.asarray((mask >> at) & 1, dtype=bool)
