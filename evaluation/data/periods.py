"""Periods: months, quarters, years or plain integers, as consecutive whole numbers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.errors import DataError

IntArray = NDArray[np.int64]
FIRST_MONTH = 100001
LARGEST = 10**12
MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Calendar:
    """How a panel counts time.

    Attributes
    ----------
    unit
        ``month`` (YYYYMM), ``date`` or ``integer``.
    months
        Length of a period in months; 0 for integer time.
    """

    unit: str
    months: int

    def index(self, values: pd.Series, where: str) -> IntArray:
        """Return the period index of every value.

        Raises
        ------
        DataError
            Where a value is missing or is no month, date or whole number.
        """
        if values.isna().any():
            raise DataError(
                f"{where}: {int(values.isna().sum())} rows lack a time; drop or complete them"
            )
        if self.unit != "date" and pd.api.types.is_datetime64_any_dtype(values):
            raise holds_dates(where, self.unit)
        if self.unit == "date":
            dates = dates_of(values)
            if dates.isna().any():
                raise DataError(f"{where}: holds values that are no ISO dates; see panel.time_unit")
            month = dates.dt.year * 12 + dates.dt.month - 1
            return np.asarray(month // self.months, dtype=np.int64)
        numbers = pd.to_numeric(values, errors="coerce").to_numpy(np.float64)
        if not np.isfinite(numbers).all() or (numbers != np.floor(numbers)).any():
            raise DataError(f"{where}: holds values that are no whole numbers; see panel.time_unit")
        if (np.abs(numbers) > LARGEST).any():
            raise DataError(f"{where}: holds whole numbers too large to be periods")
        whole = numbers.astype(np.int64)
        if self.unit == "integer":
            return whole
        month_number = whole % 100
        if ((month_number < 1) | (month_number > 12) | (whole < FIRST_MONTH)).any():
            raise DataError(
                f"{where}: holds values that are no months (YYYYMM); see panel.time_unit"
            )
        return (whole // 100 * 12 + month_number - 1) // self.months

    def moments(self, values: pd.Series, where: str) -> IntArray:
        """Return the source's own time as whole numbers: days, months or the integers themselves.

        Raises
        ------
        DataError
            As :meth:`index`.
        """
        if self.unit == "date":
            self.index(values, where)
            days = (pd.to_datetime(values) - pd.Timestamp(0)).dt.days
            return np.asarray(days, dtype=np.int64)
        return replace(self, months=min(self.months, 1)).index(values, where)

    def moment_of_date(self, date: dt.date) -> int:
        """Return a date on the scale of :meth:`moments`."""
        if self.unit == "date":
            return (date - dt.date(1970, 1, 1)).days
        return date.year * 12 + date.month - 1

    def of_date(self, date: dt.date) -> int:
        """Return the index of the period that contains ``date``."""
        return (date.year * 12 + date.month - 1) // self.months

    def label(self, index: int) -> str:
        """Return a period as people write it: 201701, 2017Q1, 2017, or the integer."""
        if self.unit == "integer":
            return str(index)
        year, part = divmod(index * self.months, 12)
        if self.months == 12:
            return f"{year}"
        return f"{year}Q{part // 3 + 1}" if self.months == 3 else f"{year}{part + 1:02d}"


def holds_dates(where: str, unit: str) -> DataError:
    """Return the line that refuses dates where the spec counts whole numbers.

    Parameters
    ----------
    where
        The key and the column.
    unit
        ``month`` or ``integer``.
    """
    counted = "months written as 201701" if unit == "month" else "whole numbers"
    return DataError(
        f"{where}: holds dates, and panel.time_unit = {unit!r} is for {counted}; set "
        "panel.time_unit = 'date'"
    )


def dates_of(values: pd.Series) -> pd.Series:
    """Return ISO dates as timestamps, ``NaT`` where a value is none; a number never is one."""
    if pd.api.types.is_numeric_dtype(values):
        return pd.Series(pd.NaT, values.index, dtype="datetime64[s]")
    return pd.to_datetime(values, format="ISO8601", errors="coerce")


def calendar_of(values: pd.Series | None, unit: str | None, period: str | None) -> Calendar:
    """Return the calendar of a panel.

    Parameters
    ----------
    values
        The time column, used only where ``unit`` is not given.
    unit, period
        ``panel.time_unit`` and ``panel.period``.

    Raises
    ------
    DataError
        Where whole numbers look like YYYYMM and the spec does not say what they are.
    """
    if unit is None:
        unit = _unit_of(values)
    if unit == "integer":
        return Calendar("integer", 0)
    return Calendar(unit, MONTHS[period or "month"])


def _unit_of(values: pd.Series | None) -> str:
    if values is None:
        return "integer"
    if pd.api.types.is_datetime64_any_dtype(values):
        return "date"
    numbers = pd.to_numeric(values, errors="coerce")
    if numbers.isna().all() and len(values):
        return "date"
    looks_like_months = numbers.between(190001, 209912) & (numbers % 100).between(1, 12)
    if len(numbers) and looks_like_months.all():
        raise DataError(
            "panel.time: holds numbers that look like months (YYYYMM); "
            "set panel.time_unit = 'month', or 'integer' if they are not"
        )
    return "integer"
