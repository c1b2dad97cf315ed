"""A column that must hold numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.errors import DataError


def numbers_of(column: pd.Series, where: str, name: str) -> NDArray[np.float64]:
    """Return a column as numbers, ``nan`` where it has none, shape ``(n,)``.

    Parameters
    ----------
    column
        Its values.
    where
        Key path for messages.
    name
        The column's name.

    Raises
    ------
    DataError
        Where it holds text or infinite values.
    """
    if not (pd.api.types.is_bool_dtype(column) or pd.api.types.is_numeric_dtype(column)):
        raise DataError(f"{where}: column {name!r} holds text; it must hold numbers")
    values = column.to_numpy(np.float64, na_value=np.nan)
    if np.isinf(values).any():
        raise DataError(
            f"{where}: column {name!r} holds {int(np.isinf(values).sum())} infinite values; "
            "mark them as missing"
        )
    return values
