"""Joined values in the types that a panel has."""

from __future__ import annotations

import pandas as pd

from evaluation.data.joins.keys import kind_of

ISO_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"


def panel_values(column: pd.Series, in_months: bool) -> pd.Series:
    """Return a column of a file as whole numbers, floats, text or dates.

    True and false become 1 and 0. Dates, also those written as text (2017-03-31), become months
    YYYYMM where the panel counts months.

    Parameters
    ----------
    column
        As read.
    in_months
        Whether the panel's time is YYYYMM.
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(object)
    known = column.dropna()
    if len(known) and known.map(lambda value: isinstance(value, bool)).all():
        return column.astype(float) if len(known) < len(column) else column.astype("int64")
    if pd.api.types.is_numeric_dtype(column):
        return column
    if kind_of(column) == "text":
        text = known.astype(str)
        if not len(text) or not text.str.fullmatch(ISO_DATE).all():
            return column.astype(object).where(column.notna(), None)
    dates = pd.to_datetime(column, format="ISO8601", errors="coerce")
    if dates.isna().sum() > column.isna().sum():
        return column.astype(object).where(column.notna(), None)
    if not in_months:
        return dates
    months = dates.dt.year * 100 + dates.dt.month
    return months if dates.isna().any() else months.astype("int64")
