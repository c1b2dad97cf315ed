"""How many units, and how many rows, some rows or cells stand for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evaluation.data.model_data import IntArray, ModelData


def units_among(data: ModelData, entries: NDArray[np.bool_]) -> int | None:
    """Return the units behind some entries, ``None`` where nobody counted them.

    Parameters
    ----------
    data
        Rows or cells of one outcome.
    entries
        Which of them, by a property that no unit changes, such as its cohort, shape ``(n,)``.
    """
    if not data.from_cells:
        return None if data.unit is None else len(np.unique(data.unit[entries]))
    if data.unit is not None and data.rows is not None:
        return units_of_types(data.unit[entries], data.rows[entries])
    if data.complete and data.period is not None:
        return rows_among(data, entries) // len(np.unique(data.period))
    if data.unit_shares is not None and not data.weighted and not data.dropped:
        # Every unit adds one in all: 1 / (its rows) for each of them, where none is left out.
        return int(np.rint(data.unit_shares[entries].sum()))
    return data.units if entries.all() else None


def rows_among(data: ModelData, entries: NDArray[np.bool_]) -> int:
    """Return the rows of the panel behind some entries."""
    return int(entries.sum()) if data.rows is None else int(data.rows[entries].sum())


def units_of_types(types: IntArray, rows: IntArray) -> int:
    """Return how many units are behind cells of types of units: each has one row in a cell.

    Parameters
    ----------
    types, rows
        Type and rows of every cell, shape ``(cells,)``.
    """
    _, first = np.unique(types, return_index=True)
    return int(rows[first].sum())
