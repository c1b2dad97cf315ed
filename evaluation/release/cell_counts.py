"""Counts of persons that a cell tells: its rows, and of its zeros and ones every combination."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.cells.centres import centre_in
from evaluation.cells.plan import MISSING, ROWS, CellPass
from evaluation.cells.sums import missing_bit, sum_name
from evaluation.release.protection import Protection

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class CellCounts:
    """What the cells of a pass count, shape ``(cells, counts)``.

    Attributes
    ----------
    values
        The counts: rows; for every quantity of zeros and ones those with and without; for every
        pair of them whose product is there, all four combinations.
    binary
        Quantities of zeros and ones, by position in the pass.
    """

    values: IntArray
    binary: tuple[int, ...]

    def small(self, protection: Protection, factor: int = 1) -> BoolArray:
        """Return which cells may not be printed, shape ``(cells,)``.

        Parameters
        ----------
        protection
            What is small.
        factor
            Rows that one unit may have in a cell: so many times as many rows are needed.
        """
        if not protection.minimum:
            return np.zeros(len(self.values), dtype=bool)
        small = (self.values > 0) & (self.values < protection.minimum * factor)
        zero = (self.values == 0) & protection.zeros
        return np.asarray((small | zero).any(axis=1))


def cell_counts(made: CellPass, frame: pd.DataFrame) -> CellCounts:
    """Return the counts that cells tell of persons.

    Sums of amounts are none; who dominates them is not known from cells.

    Parameters
    ----------
    made
        The pass.
    frame
        Its cells.
    """
    rows = _whole(frame[ROWS])
    known = [_known(frame, rows, at) for at in range(len(made.quantities))]
    binary = tuple(at for at in range(len(made.quantities)) if _is_binary(made, frame, at, known))
    columns = [rows]
    for at in binary:
        ones = _sum(made, frame, at)
        columns += [ones, known[at] - ones]
    for low, high in combinations(binary, 2):
        if (low, high) not in made.products:
            continue
        both = _whole(frame[sum_name(made.quantities[low].name, made.quantities[high].name)])
        # Where one is missing the product is, and so are its combinations.
        either = np.minimum(known[low], known[high])
        first = np.where(either > 0, _sum(made, frame, low), 0)
        second = np.where(either > 0, _sum(made, frame, high), 0)
        columns += [both, first - both, second - both, either - first - second + both]
    return CellCounts(np.stack(columns, axis=1), binary)


def count_columns(made: CellPass, counts: CellCounts) -> tuple[str, ...]:
    """Return the columns of a pass that hold counts of persons, rows first."""
    names = [made.quantities[at].name for at in counts.binary]
    products = [
        sum_name(made.quantities[low].name, made.quantities[high].name)
        for low, high in made.products
        if {low, high} <= set(counts.binary)
    ]
    return (ROWS, *map(sum_name, names), *products)


def _is_binary(made: CellPass, frame: pd.DataFrame, at: int, known: list[IntArray]) -> bool:
    """Whether a quantity is 0 or 1 in every row: its square is left out, or equals it."""
    one = made.quantities[at]
    values = frame[sum_name(one.name)]
    if one.log or centre_in(frame, one.name) or not _is_whole(values):
        return False
    total = _whole(values)
    if (total < 0).any() or (total > known[at]).any():
        return False
    square = sum_name(one.name, one.name)
    return (at, at) not in made.products or bool((_whole(frame[square]) == total).all())


def _known(frame: pd.DataFrame, rows: IntArray, at: int) -> IntArray:
    """Return the rows of each cell that have a quantity."""
    return np.where(missing_bit(frame, at), 0, rows) if MISSING in frame else rows


def _sum(made: CellPass, frame: pd.DataFrame, at: int) -> IntArray:
    return _whole(frame[sum_name(made.quantities[at].name)])


def _is_whole(values: pd.Series) -> bool:
    numbers = values.to_numpy(np.float64)
    return bool((numbers == np.floor(numbers)).all() and (np.abs(numbers) < 2**53).all())


def _whole(values: pd.Series) -> IntArray:
    return np.asarray(values.to_numpy(np.float64), dtype=np.int64)
