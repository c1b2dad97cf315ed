"""Cells of several passes over the same rows: what one hides, another must not give back."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from evaluation.cells.gathered import CellTable
from evaluation.cells.plan import MISSING, CellPass
from evaluation.release.cell_counts import BoolArray, CellCounts, IntArray
from evaluation.release.cell_hiding import hidden_cells, narrow_groups
from evaluation.release.cell_links import opened
from evaluation.release.protection import Protection


def hidden_passes(
    tables: Mapping[str, CellTable],
    counts: Mapping[str, CellCounts],
    small: Mapping[str, BoolArray],
    sizes: Mapping[str, frozenset[int]],
    protection: Protection,
) -> dict[str, BoolArray]:
    """Return the cells of every pass to leave out, shapes ``(cells,)``.

    Parameters
    ----------
    tables, counts, small
        Cells, what they count and which may not be printed, by pass.
    sizes
        Rows of what the record hides, by pass: no sum over its cells may be one of them.
    protection
        How widely a hidden count must stay open.
    """
    groups = {name: groups_of(one.made, one.frame) for name, one in tables.items()}
    hidden = dict(small)
    while protection.minimum:
        for name in tables:
            open_ = opened(tables[name], counts[name], hidden[name], sizes[name], protection)
            hidden[name] = hidden_cells(counts[name], groups[name], open_, protection)
        fresh = _linked(tables, counts, hidden, protection)
        if all((fresh[name] == hidden[name]).all() for name in tables):
            break
        hidden = fresh
    return hidden


def _linked(
    tables: Mapping[str, CellTable],
    counts: Mapping[str, CellCounts],
    hidden: Mapping[str, BoolArray],
    protection: Protection,
) -> dict[str, BoolArray]:
    """Hide in every pass what another would give back: sums over the key columns they share.

    Where one pass hides cells of such a sum that the sum would bound too narrowly, the other hides
    all of it.
    """
    found = {name: one.copy() for name, one in hidden.items()}
    for one in tables:
        for other in tables:
            if one == other:
                continue
            shared = [name for name in tables[one].made.key if name in tables[other].made.key]
            first, second = _shared_groups(tables[one].frame, tables[other].frame, shared)
            narrow = narrow_groups(counts[one], first, found[one], protection)
            found[other] |= np.isin(second, narrow)
    return found


def _shared_groups(
    one: pd.DataFrame, other: pd.DataFrame, shared: list[str]
) -> tuple[IntArray, IntArray]:
    """Return the group of every cell of two passes by the columns that they share."""
    if not shared:
        return np.zeros(len(one), dtype=np.int64), np.zeros(len(other), dtype=np.int64)
    both = pd.concat([one[shared].astype(object), other[shared].astype(object)])
    codes = both.groupby(shared, dropna=False, sort=False).ngroup().to_numpy(dtype=np.int64)
    return np.asarray(codes[: len(one)]), np.asarray(codes[len(one) :])


def groups_of(made: CellPass, frame: pd.DataFrame) -> tuple[IntArray, ...]:
    """Return groups of cells whose sums may be known, each coarser than the one before.

    They are the cells that differ in the one key column with most values alone, such as the
    municipality or the age, and all cells: figures by month and group, and sizes of samples, are
    sums of these. Sums by that column itself are printed nowhere.
    """
    everything = np.zeros(len(frame), dtype=np.int64)
    if not made.key:
        return (everything,)
    widest = max(made.key, key=lambda name: frame[name].nunique(dropna=False))
    rest = [name for name in (*made.key, MISSING) if name != widest]
    grouped = frame.groupby(rest, dropna=False, sort=True).ngroup()
    return np.asarray(grouped, dtype=np.int64), everything
