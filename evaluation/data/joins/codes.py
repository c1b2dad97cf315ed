"""Codes of another date as the panel's codes, and what becomes of units that merged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.data.joins.file import JoinFile
from evaluation.errors import DataError
from evaluation.spec.extras import Join
from evaluation.spec.paths import resolve
from evaluation.spec.spec import Spec

IntArray = NDArray[np.int64]
Merged = tuple[pd.DataFrame, pd.DataFrame, dict[str, int]]


def in_panel_codes(
    spec: Spec, position: int, file: JoinFile, keys: pd.DataFrame, values: pd.DataFrame
) -> Merged:
    """Return keys and values by the panel's codes, and what was counted on the way.

    The first key is a municipality's code at the date of ``codes_of``. A code of the panel takes
    the values of the units that became part of it; those that disagree are dealt with as
    ``conflict`` says. Missing values disagree with none.

    Parameters
    ----------
    spec, position
        The join.
    file, keys, values
        Its rows, their keys and the columns that they offer, n rows each.

    Raises
    ------
    DataError
        Where merged units disagree and ``conflict`` is ``refuse``, codes are no text, or the
        correspondence cannot be read.
    """
    join = spec.joins[position - 1]
    column = join.on[0]
    if not pd.api.types.is_string_dtype(keys[column]):
        raise DataError(
            f"{file.where}.on: {column!r} holds numbers, and codes of a date are text such as "
            "'0301'; write it as text in the panel and the file"
        )
    now = keys[column].map(_codes(spec, position, join, keys[column]))
    known = np.flatnonzero(now.notna().to_numpy()).astype(np.int64)
    size = np.zeros(len(keys))
    if join.size is not None:
        size = _sizes(file, join.size)
    moved = keys.assign(**{column: now}).iloc[known]
    group = moved.groupby(list(keys.columns), sort=True).ngroup().to_numpy(np.int64)
    order = np.lexsort([known, -size[known], group])
    place: IntArray = np.asarray(group[order], dtype=np.int64)
    taken: IntArray = np.asarray(known[order], dtype=np.int64)
    first = np.r_[True, place[1:] != place[:-1]][: len(place)]
    made = moved.iloc[order[first]].reset_index(drop=True)
    found, apart = _by_group(values, taken, place, join.conflict)
    disagreeing = {name: count for name, count in apart.items() if count}
    if disagreeing and join.conflict == "refuse":
        raise DataError(
            *(
                f"{file.where}.columns.{name}: units that are one by the panel's codes disagree in "
                f"{count} of {len(made)}; set conflict = 'missing', or 'largest' with size"
                for name, count in disagreeing.items()
            )
        )
    counts = {
        "keys without a code of the panel": len(keys) - len(known),
        "codes of several units": int((np.bincount(group) > 1).sum()) if len(group) else 0,
        **{f"codes whose units disagree: {name}": n for name, n in disagreeing.items()},
    }
    return made, found, counts


def _codes(spec: Spec, position: int, join: Join, codes: pd.Series) -> Mapping[str, str | None]:
    """Return the panel's code by code of the join's date.

    A list of changes names no code that never changed: such a code stays what it is.
    """
    from evaluation.data.registers.municipalities.klass import read_correspondence
    from evaluation.data.registers.municipalities.spans import code_spans

    where = f"joins.{position}.correspondence"
    if join.correspondence is None or join.codes_of is None:
        raise DataError(f"{where}: is missing; name the changes of municipality codes (KLASS 131)")
    correspondence = read_correspondence(resolve(join.correspondence, spec.origin, where))
    to, month = join.panel_codes, _month(join.codes_of)
    spans = code_spans(correspondence, _month(to) if isinstance(to, dt.date) else to)
    listed = {span.code for span in spans}
    found = {one.code: one.municipality for one in spans if one.first <= month <= one.last}
    same = () if correspondence.complete else (code for code in codes if code not in listed)
    return {**found, **{code: code for code in same}}


def _month(date: dt.date) -> int:
    return 12 * date.year + date.month - 1


def _sizes(file: JoinFile, column: str) -> NDArray[np.float64]:
    """Return how large the units of a file are, shape ``(n,)``."""
    values = file.frame[column]
    if not pd.api.types.is_numeric_dtype(values) or values.isna().any():
        raise DataError(
            f"{file.where}.size: {column!r} in {file.name} must be a number in all rows"
        )
    return values.to_numpy(np.float64)


def _by_group(
    values: pd.DataFrame, taken: IntArray, group: IntArray, conflict: str
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return one value a group, the first known of its rows, and groups that disagree by column."""
    found: dict[str, pd.Series] = {}
    counts: dict[str, int] = {}
    for name in values.columns:
        rows = values[name].iloc[taken].reset_index(drop=True)
        grouped = rows.groupby(group, sort=True)
        apart = grouped.nunique(dropna=True).to_numpy() > 1
        one = grouped.first()
        if conflict == "missing" and apart.any():
            one = one.mask(apart)
        if one.dtype != rows.dtype and not one.isna().any():
            one = one.astype(rows.dtype)
        counts[name] = int(apart.sum())
        found[name] = one.reset_index(drop=True)
    return pd.DataFrame(found), counts
