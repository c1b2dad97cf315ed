"""Columns that a regression adds beside its effect: controls, main effects, period effects."""

from __future__ import annotations

import numpy as np
import pandas as pd

from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.estimators._guards import codes_of
from evaluation.inference.small_sample import is_nested


def control_columns(data: ModelData, names: tuple[str, ...]) -> dict[str, FloatArray]:
    """Return controls as numbers; a column of text gives an indicator for each later level.

    Parameters
    ----------
    data
        The rows.
    names
        Columns of ``data.columns``.
    """
    columns: dict[str, FloatArray] = {}
    for name in names:
        values = data.columns[name]
        if pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
            columns[name] = values.to_numpy(dtype=np.float64)
            continue
        codes = codes_of(data, name)
        for level in range(1, int(codes.max()) + 1):
            columns[f"{name}[{level}]"] = (codes == level).astype(np.float64)
    return columns


def effect_codes(data: ModelData, names: tuple[str, ...]) -> dict[str, IntArray]:
    """Return the codes of absorbed effects, in the order of the spec."""
    return {name: codes_of(data, name) for name in names}


def with_effect(effects: dict[str, IntArray], name: str, codes: IntArray) -> dict[str, IntArray]:
    """Return the effects with one more, unless one of them already holds it.

    An effect holds another where each of its levels lies inside one level of the other.

    Parameters
    ----------
    effects
        Codes by name, each of shape ``(n,)``.
    name
        Name for the details, such as ``(period)``.
    codes
        Shape ``(n,)``.
    """
    if any(is_nested(held, codes) for held in effects.values()):
        return effects
    return {**effects, name: codes}


def dense_codes(values: FloatArray | IntArray) -> IntArray:
    """Return codes 0, 1, ... of the sorted distinct values, shape ``(n,)``."""
    return np.unique(values, return_inverse=True)[1].astype(np.int64)
