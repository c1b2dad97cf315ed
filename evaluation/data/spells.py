"""Where the spell of a row began: receipt, or a condition in force."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.spec.dates import Start

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


def spell_starts(frame: pd.DataFrame, start: Start, unit: IntArray, month: IntArray) -> IntArray:
    """Return the row in which each row's spell began, -1 where that was not seen, shape ``(n,)``.

    A spell of receipt runs from the month with ``sa_entry`` to that with ``sa_exit``; one with a
    condition over consecutive months with ``condition_imposed``, the first after one without. The
    beginning of a spell that was under way in a unit's first month, or goes on after a month
    without a row, is not seen.

    Parameters
    ----------
    frame
        Rows sorted by unit and month, n of them.
    start
        ``entry`` or ``decision``.
    unit, month
        Codes of units and months counted from any month, shape ``(n,)``.
    """
    follows = np.zeros(len(unit), dtype=bool)
    follows[1:] = (unit[1:] == unit[:-1]) & (month[1:] == month[:-1] + 1)
    begins, inside = _receipt(frame) if start == "entry" else _condition(frame, follows)
    place = np.arange(len(unit), dtype=np.int64)
    began = np.maximum.accumulate(np.where(begins, place, -1)) if len(unit) else place
    broken = ~begins & (~inside | ~follows)
    parted = np.maximum.accumulate(np.where(broken, place, -1)) if len(unit) else place
    found: IntArray = np.where(inside & (began > parted), began, -1)
    return found


def _receipt(frame: pd.DataFrame) -> tuple[BoolArray, BoolArray]:
    """Return the months of entry, and all months of a spell: that of the exit is its last."""
    begins = frame["sa_entry"].eq(1).to_numpy(dtype=bool)
    return begins, begins | frame["sa_exit"].notna().to_numpy(dtype=bool)


def _condition(frame: pd.DataFrame, follows: BoolArray) -> tuple[BoolArray, BoolArray]:
    """Return the first months with a condition, after one without, and all months with one."""
    inside = frame["condition_imposed"].eq(1).to_numpy(dtype=bool)
    begins = np.zeros(len(inside), dtype=bool)
    begins[1:] = inside[1:] & ~inside[:-1] & follows[1:]
    return begins, inside
