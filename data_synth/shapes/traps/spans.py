"""Starts and ends of spells as month indices, whether recorded as YYYYMM or as dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from data_synth.shapes.declared.registers import REGISTERS, Kind

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Spans:
    """Spells of a table, arrays of shape ``(rows,)``.

    Attributes
    ----------
    start, end
        Month indices, 0 where missing.
    ended
        Whether the end is known.
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    ended: NDArray[np.bool_]


def spans_of(table: str, frame: pd.DataFrame) -> Spans:
    """Read the spells of a canonical table that has both ends declared."""
    declared = REGISTERS[table]
    start, end = declared.spell or ("", "")
    first, _ = _indices(frame[start], declared.columns[start])
    last, known = _indices(frame[end], declared.columns[end])
    return Spans(first, last, known)


def _indices(values: pd.Series[Any], kind: Kind) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    import pandas as pd

    known = values.notna().to_numpy()
    if kind is Kind.MONTH:
        months = pd.to_numeric(values).fillna(0).to_numpy(np.int64)
        index = months // 100 * 12 + months % 100 - 1
    else:
        dates = pd.to_datetime(values)
        index = (dates.dt.year * 12 + dates.dt.month - 1).fillna(0).to_numpy(np.int64)
    return np.where(known, index, 0), known
