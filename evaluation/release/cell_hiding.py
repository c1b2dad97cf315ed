"""Which cells are left out, so that those left and the sums over them do not give them back."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.release.cell_counts import BoolArray, CellCounts, IntArray
from evaluation.release.protection import Protection


def hidden_cells(
    counts: CellCounts,
    groups: tuple[IntArray, ...],
    small: BoolArray,
    protection: Protection,
) -> BoolArray:
    """Return the cells to leave out, shape ``(cells,)``.

    In every group whose sums may be known, hidden cells are at least two, and what they count
    together is nothing or at least the width that the policy wants: then all of it may lie in any
    one of them, and none of it. That holds for every count, as the counts of one cell may be those
    of all hidden ones of its group together.

    Parameters
    ----------
    counts
        What cells count.
    groups
        Group of every cell, each array coarser than the one before it, shapes ``(cells,)``.
    small
        Cells that may not be printed, ``(cells,)``.
    protection
        How widely a hidden count must stay open.
    """
    hidden = small.copy()
    for group in groups:
        while (more := _more(counts.values, group, hidden, protection)).any():
            hidden |= more
    return hidden


def narrow_groups(
    counts: CellCounts, group: IntArray, hidden: BoolArray, protection: Protection
) -> IntArray:
    """Return the groups in which hidden cells could be bounded too narrowly, ascending."""
    narrow = lacking(counts.values, group, hidden, protection)
    return np.flatnonzero(narrow.any(axis=1))


def lacking(
    values: IntArray,
    group: IntArray,
    hidden: BoolArray,
    protection: Protection,
    *,
    single: bool = False,
) -> NDArray[np.bool_]:
    """Return which counts of which groups are open too narrowly, shape ``(groups, counts)``.

    Parameters
    ----------
    values
        Counts by cell, shape ``(cells, counts)``.
    group, hidden
        Group of every cell, and whether it is left out, shapes ``(cells,)``.
    protection
        How widely a hidden count must stay open.
    single
        Whether one hidden cell is enough, as nobody knows the sum of its group.
    """
    size = int(group.max(initial=-1)) + 1
    members, counts = group[hidden], np.ascontiguousarray(values[hidden].T)
    # One count at a time, which NumPy adds several times faster than rows of them.
    sums = np.zeros((values.shape[1], size), dtype=np.int64)
    for column, count in zip(sums, counts, strict=True):
        np.add.at(column, members, count)
    mass = sums.T
    number = np.bincount(members, minlength=size)
    alone = np.zeros(mass.shape, dtype=bool)
    alone[:, 0] = (number == 1) & (not single)
    few = (mass < protection.needed) & ((mass > 0) | protection.zeros)
    return np.asarray((few | alone) & (number > 0).reshape(-1, 1))


def _more(
    values: IntArray, group: IntArray, hidden: BoolArray, protection: Protection
) -> BoolArray:
    """Return one further cell of each group that needs it: the smallest of those that help."""
    narrow = lacking(values, group, hidden, protection)
    needy = np.asarray(narrow.any(axis=1))
    candidates = np.flatnonzero(~hidden & needy[group])
    helps = ((values[candidates] > 0) & narrow[group[candidates]]).any(axis=1)
    order = np.lexsort((candidates, values[candidates, 0], ~helps, group[candidates]))
    ordered = candidates[order]
    first = ~pd.Series(group[ordered]).duplicated().to_numpy()
    more = np.zeros(len(hidden), dtype=bool)
    more[ordered[first]] = True
    return more
