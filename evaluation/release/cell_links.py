"""Cells left out because a count that a record hides would be their sum."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

import numpy as np

from evaluation.cells.gathered import CellTable
from evaluation.release.cell_counts import BoolArray, CellCounts, IntArray
from evaluation.release.cell_hiding import lacking
from evaluation.release.protection import Protection
from evaluation.release.record_accounts import counted
from evaluation.release.suppression import Suppressed
from evaluation.report.record import Record

FLAG = "ad_"


def hidden_sizes(
    record: Record, suppressed: Suppressed, without: Iterable[str] = ()
) -> frozenset[int]:
    """Return the counts of rows that a release of a record hides, or whose mean it hides.

    Parameters
    ----------
    record
        As it is inside.
    suppressed
        As it leaves: rows that it prints anywhere are not hidden.
    without
        Columns whose sums the cells do not hold: rows behind a hidden mean of one give nothing.
    """
    found = counted(record)
    gone = {(one.artefact, one.row - 1, one.column) for one in suppressed.suppressed}
    steps = {at for artefact, at, _ in gone if artefact == "flow"}
    shown = _shown(suppressed.record)
    endings = tuple(f"_{name}" for name in without)
    sizes = set()
    for spot, place in found.spots.items():
        kind, name, at, column = spot
        artefact = f"points:{name}" if kind == "points" else f"{kind}.csv"
        rows = found.behind.get(spot)
        hides_step = kind == "flow" and at in steps and column == "rows"
        if rows is None and found.value(place) in shown:
            continue
        if rows is not None and kind == "points" and name.endswith(endings):
            continue
        if hides_step or ((artefact, at, column) in gone and column not in ("units", "n_units")):
            sizes.add(found.value(place) if rows is None else rows)
    return frozenset(sizes)


def _shown(record: Record) -> frozenset[int]:
    """Return the counts of rows that a record prints with its estimates."""
    found = counted(record)
    return frozenset(
        found.value(place)
        for (kind, _, _, column), place in found.spots.items()
        if kind == "estimates" and column == "n_obs"
    )


def opened(
    table: CellTable,
    counts: CellCounts,
    hidden: BoolArray,
    sizes: Iterable[int],
    protection: Protection,
) -> BoolArray:
    """Return the cells to leave out so that no sum over cells is one of some hidden counts.

    Sums are those of all cells, of one value of a key column, and of either with any flags. Where
    one has as many rows as a hidden count, its smallest cells are left out until what they count
    is wide enough. A sum that has as many rows by chance loses cells as well.

    Parameters
    ----------
    table, counts, hidden
        Cells, what they count, and which are left out already, shape ``(cells,)``.
    sizes
        Rows of what the record hides.
    protection
        How widely hidden counts must stay open.
    """
    wanted = np.array(sorted(sizes), dtype=np.int64)
    hidden = hidden.copy()
    rows = counts.values[:, 0]
    for group in _sums(table) if len(wanted) else ():
        size = np.bincount(group, weights=rows).astype(np.int64)
        for one in np.flatnonzero(np.isin(size, wanted)).tolist():
            inside = np.flatnonzero(group == one)
            order = inside[np.argsort(rows[inside], kind="stable")]
            alone = np.zeros(len(order), dtype=np.int64)
            for many in range(len(order) + 1):
                chosen = hidden[order].copy()
                chosen[:many] = True
                narrow = lacking(counts.values[order], alone, chosen, protection, single=True)
                if chosen.any() and not narrow.any():
                    break
            hidden[order] = chosen
    return hidden


def _sums(table: CellTable) -> Iterator[IntArray]:
    """Yield the group of every cell, for all sums that are looked at, shapes ``(cells,)``."""
    flags = [name for name in table.made.key if name.startswith(FLAG)]
    others = [name for name in table.made.key if name not in flags]
    for one in ((), *((name,) for name in others)):
        for many in range(len(flags) + 1):
            for chosen in combinations(flags, many):
                columns = [*one, *chosen]
                if not columns:
                    yield np.zeros(len(table.frame), dtype=np.int64)
                    continue
                grouped = table.frame.groupby(columns, dropna=False, sort=True).ngroup()
                yield np.asarray(grouped, dtype=np.int64)
