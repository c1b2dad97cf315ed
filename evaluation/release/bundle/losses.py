"""What disclosure control took from cells, found by comparing them with those inside."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from evaluation.cells.gathered import CellTable, Gathered
from evaluation.cells.plan import MISSING
from evaluation.data.moments import PairCells
from evaluation.release.bundle.contents import Loss
from evaluation.release.bundle.facts import histories_of

HISTORIES = "units"
PRIVATE = "which units are seen when is nearly unique by unit"


def losses_of(inside: Gathered, released: Gathered, words: Mapping[str, str]) -> tuple[Loss, ...]:
    """Return one loss for each file of cells, in the order of the plan, histories last.

    Parameters
    ----------
    inside, released
        Cells as they were built, and as they leave.
    words
        How each file was protected.
    """
    found = []
    for name, table in inside.tables.items():
        kept = released.tables.get(name)
        made = len(table.frame)
        left = 0 if kept is None else len(kept.frame)
        changed = 0 if kept is None else _changed(table, kept)
        found.append(Loss(name, made, left, changed, words.get(name, "")))
    for name, pairs in inside.pairs.items():
        own = released.pairs.get(name)
        made = pairs.products.shape[-1] ** 2
        left = 0 if own is None else own.products.shape[-1] ** 2
        found.append(
            Loss(name, made, left, 0 if own is None else _moved(pairs, own), words.get(name, ""))
        )
    had, has = histories_of(inside.units), histories_of(released.units)
    if had:
        found.append(Loss(HISTORIES, had, has, 0, PRIVATE if has < had else ""))
    return tuple(found)


def _changed(inside: CellTable, released: CellTable) -> int:
    """Return how many released cells are not, as they stand, among those inside."""
    first, second = inside.frame, released.frame
    if inside.made.key != released.made.key or [*first.columns] != [*second.columns]:
        return len(second)
    key = [*inside.made.key, MISSING]
    marked = second.merge(first, on=key, how="left", suffixes=("", "|inside"), indicator=True)
    same = marked["_merge"].eq("both").to_numpy(copy=True)
    for name in second.columns:
        if name not in key:
            same &= _equal(marked[name], marked[f"{name}|inside"])
    return int((~same).sum())


def _equal(one: pd.Series, other: pd.Series) -> np.ndarray:
    both = one.isna() & other.isna()
    return np.asarray((one == other) | both, dtype=bool)


def _moved(inside: PairCells, released: PairCells) -> int:
    if inside.products.shape != released.products.shape:
        return int(released.products.shape[-1] ** 2)
    return int((inside.products != released.products).any(axis=(0, 1)).sum())
