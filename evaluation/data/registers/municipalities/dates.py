"""Months in the forms that correspondences write them."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

_FORMS = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})(-(?P<day>\d{2}).*)?"),
    re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})?"),
    re.compile(r"(?P<day>\d{2})\.(?P<month>\d{2})\.(?P<year>\d{4})"),
)
_MONTHS = 12


def as_month(value: Any) -> int | None:
    """Return a date or month as 12 × year + month - 1; ``None`` where it is neither."""
    if isinstance(value, dt.date) and value == value:  # a datetime is one; NaT is not itself
        return month_of(value)
    text = str(value).strip().removesuffix(".0")
    for form in _FORMS:
        found = form.fullmatch(text)
        if found and 1 <= int(found["month"]) <= _MONTHS:
            return int(found["year"]) * _MONTHS + int(found["month"]) - 1
    return None


def month_of(day: dt.date) -> int:
    """Return the month of a day, 12 × year + month - 1."""
    return day.year * _MONTHS + day.month - 1
