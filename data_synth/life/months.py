"""Months as consecutive integers: January of year 0 is 0."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def month_index(day: date) -> int:
    """Return the number of months from January of year 0 to the month of ``day``."""
    return day.year * 12 + day.month - 1


def ym_of(index: int) -> int:
    """Return the month ``index`` as the integer YYYYMM."""
    return index // 12 * 100 + index % 12 + 1


def days_in(index: int) -> int:
    """Return the number of days of the month ``index``."""
    return monthrange(index // 12, index % 12 + 1)[1]
