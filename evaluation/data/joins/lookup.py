"""What a join offers: one row a key, in the types of the panel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.data.joins.codes import in_panel_codes
from evaluation.data.joins.file import JoinFile
from evaluation.data.joins.keys import keys_of
from evaluation.data.joins.values import panel_values
from evaluation.errors import DataError
from evaluation.spec.joined import match_column
from evaluation.spec.spec import Spec
from evaluation.spec.time_rules import time_unit_of

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Lookup:
    """The values of one join by key, k of them.

    Attributes
    ----------
    keys
        Distinct keys, under the panel's names, shape ``(k, keys)``.
    values
        Columns by the name that they get in the panel, shape ``(k, columns)``.
    matched
        Name of the column that says which rows found their key.
    unknown
        Whether text that is missing becomes a level of its own.
    every
        Whether every key of the panel is among these.
    counts
        What happened to keys on the way, by its words.
    """

    keys: pd.DataFrame
    values: pd.DataFrame
    matched: str
    unknown: bool
    every: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the joined columns of a frame's rows, in their order, with the mark of a match."""
        rows = positions(self.keys, frame)
        found: dict[str, object] = {}
        for name in self.values.columns:
            found[name] = _taken(self.values[name], rows, self.unknown)
        found[self.matched] = (rows >= 0).astype(np.int64)
        return pd.DataFrame(found, index=frame.index)


def lookup_of(spec: Spec, position: int, file: JoinFile, panel: pd.DataFrame) -> Lookup:
    """Return what a join offers to a panel.

    Parameters
    ----------
    spec
        What is asked.
    position
        Of the join, from 1.
    file
        Its rows.
    panel
        Distinct keys of the panel.

    Raises
    ------
    DataError
        Keys of another type, keys that stand twice, codes that merged units disagree on, and where
        no key of the panel is among the file's.
    """
    join = spec.joins[position - 1]
    keys = keys_of(file, join.on, panel)
    repeated = int(keys.duplicated().sum())
    if repeated:
        raise DataError(
            f"{file.where}.on: {repeated} rows of {file.name} repeat a key "
            f"({', '.join(join.on)}); leave one row of each"
        )
    months = time_unit_of(spec) == "month"
    values = pd.DataFrame(
        {new: panel_values(file.frame[name], months) for new, name in join.columns.items()}
    )
    counts: dict[str, int] = {"keys in the file": len(keys)}
    if join.codes_of is not None:
        keys, values, merged = in_panel_codes(spec, position, file, keys, values)
        counts |= merged
    there = positions(keys, panel) >= 0
    if len(panel) and not there.any():
        raise DataError(
            f"{file.where}.on: no key of the panel is in {file.name} ({', '.join(join.on)}); check "
            "that both hold the same codes, of the same date"
        )
    used = pd.unique(positions(keys, panel)[there])
    counts["keys in the file alone"] = len(keys) - len(used)
    known = panel.notna().all(axis=1).to_numpy()
    every = bool(there.all()) and bool(known.all())
    return Lookup(keys, values, match_column(position), join.missing == "unknown", every, counts)


def positions(keys: pd.DataFrame, frame: pd.DataFrame) -> NDArray[np.int64]:
    """Return the row of ``keys`` that each row of a frame names, -1 for none, shape ``(n,)``."""
    names = list(keys.columns)
    mine = {name: _plain(keys[name]) for name in names}
    given = {name: _plain(frame[name]) for name in names}
    if len(names) == 1:
        found = pd.Index(mine[names[0]]).get_indexer(pd.Index(given[names[0]]))
    else:
        index = pd.MultiIndex.from_arrays([mine[name] for name in names])
        found = index.get_indexer(pd.MultiIndex.from_arrays([given[name] for name in names]))
    known = frame[names].notna().all(axis=1).to_numpy()
    return np.where(known, found, -1).astype(np.int64)


def _plain(column: pd.Series) -> NDArray[np.generic]:
    """Return a key as 64-bit numbers or as objects."""
    if pd.api.types.is_bool_dtype(column) or pd.api.types.is_integer_dtype(column):
        return column.to_numpy(np.int64)
    if pd.api.types.is_float_dtype(column):
        return column.to_numpy(np.float64)
    return np.asarray(column, dtype=object)


def _taken(column: pd.Series, rows: NDArray[np.int64], unknown: bool) -> object:
    """Return a column at some rows, missing or ``unknown`` where a row is -1."""
    none = rows < 0
    values = column.to_numpy()
    if pd.api.types.is_datetime64_any_dtype(column):
        taken = values[rows].copy()
        taken[none] = np.datetime64("NaT")
        return taken
    if pd.api.types.is_numeric_dtype(column):
        taken = values[rows]
        return np.where(none, np.nan, taken) if none.any() else taken
    found = values[rows].astype(object)
    found[none] = None
    if unknown:
        found[pd.isna(found)] = UNKNOWN
    return found
