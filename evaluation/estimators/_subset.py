"""Some of the rows of a model's data."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from evaluation.data.model_data import IntArray, ModelData


def subset(data: ModelData, rows: IntArray) -> ModelData:
    """Return the data of some rows, in the order given.

    Parameters
    ----------
    data
        Rows of one outcome.
    rows
        Positions, shape ``(kept,)``.
    """
    if len(rows) == data.n_obs:
        return data
    changed = {
        item.name: getattr(data, item.name)[rows]
        for item in fields(data)
        if isinstance(getattr(data, item.name), np.ndarray)
    }
    return replace(data, columns=data.columns.iloc[rows].reset_index(drop=True), **changed)
