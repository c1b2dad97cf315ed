"""One kind of missing: columns as numpy holds them, whatever the source's own types."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd


def plain_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose missing values are ``nan``, ``None`` or ``NaT``, never ``pandas.NA``.

    Comparisons with ``pandas.NA`` are neither true nor false, which no filter can use. Dates lose
    their time zone, since those of a spec have none; decimals of a database or parquet file are
    numbers.
    """
    changed = {name: plain for name in frame.columns if (plain := _plain(frame[name])) is not None}
    return frame.assign(**changed) if changed else frame


def _plain(column: pd.Series) -> pd.Series | None:
    """Return the column in a plain type, ``None`` where it is plain already."""
    kind = column.dtype
    if isinstance(kind, pd.DatetimeTZDtype):
        local: pd.Series = column.dt.tz_localize(None)
        return local
    if pd.api.types.is_object_dtype(kind) and isinstance(_first(column), Decimal):
        return column.astype(np.float64)
    if isinstance(kind, np.dtype | pd.CategoricalDtype):
        return None
    if pd.api.types.is_numeric_dtype(kind):
        if column.isna().any():
            return pd.Series(column.to_numpy(np.float64, na_value=np.nan), column.index)
        return pd.Series(column.to_numpy(), column.index).infer_objects()
    if pd.api.types.is_string_dtype(kind) and getattr(kind, "na_value", None) is pd.NA:
        return column.astype(object).where(column.notna(), None)
    return None


def _first(column: pd.Series) -> object:
    """Return the first value that is not missing, ``None`` without one."""
    known = column.notna().to_numpy()
    return column.iloc[int(known.argmax())] if known.any() else None
