"""Rows or cells taken together where the design gives them one role: what groups are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.data.model_data import FloatArray, IntArray, ModelData

BoolArray = NDArray[np.bool_]
ROLES = (
    "period", "treated", "post", "third", "dose", "event_time", "cohort", "running", "instrument",
    "share_above",
)  # fmt: skip


@dataclass(frozen=True)
class Points:
    """Distinct roles among rows or cells.

    Attributes
    ----------
    of
        Point of every row or cell, shape ``(n,)``.
    values
        Value of every role, and of every named column, by name, each of shape ``(P,)``.
    rows
        Rows of the panel at each point, shape ``(P,)``.
    """

    of: IntArray
    values: Mapping[str, FloatArray]
    rows: IntArray

    def __len__(self) -> int:
        return len(self.rows)

    def role(self, name: str) -> FloatArray | None:
        """Return the values of one role, ``None`` where the design has none."""
        return self.values.get(name)


def points_of(data: ModelData, columns: tuple[str, ...]) -> Points:
    """Return the points of a model's data.

    Parameters
    ----------
    data
        Rows or cells of one outcome.
    columns
        Numeric columns that part points as well.
    """
    found = {name: getattr(data, name) for name in ROLES}
    given: dict[str, FloatArray] = {
        name: np.asarray(values, dtype=np.float64)
        for name, values in found.items()
        if values is not None
    }
    given |= {name: data.columns[name].to_numpy(np.float64) for name in columns}
    code = np.zeros(data.entries, dtype=np.int64)
    for values in given.values():
        own, levels = pd.factorize(values, use_na_sentinel=False)
        code = pd.factorize(code * len(levels) + own)[0].astype(np.int64)
    count = int(code.max()) + 1 if len(code) else 0
    first = np.zeros(count, dtype=np.int64)
    first[code[::-1]] = np.arange(len(code))[::-1]
    rows = np.ones(data.entries, dtype=np.int64) if data.rows is None else data.rows
    sizes = np.bincount(code, rows.astype(np.float64), count)
    return Points(
        code,
        {name: values[first] for name, values in given.items()},
        np.rint(sizes).astype(np.int64),
    )
