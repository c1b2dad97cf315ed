"""``A:B`` on the command line: months and ages."""

from __future__ import annotations

import re
from datetime import date

from evaluation.errors import UsageError

_MONTH = r"(\d{4})-(0[1-9]|1[0-2])"


def months(text: str) -> tuple[date, date]:
    """Return the first days of two months from ``2010-01:2019-12``.

    Raises
    ------
    UsageError
        For any other text.
    """
    found = re.fullmatch(f"{_MONTH}:{_MONTH}", text, re.ASCII)
    if found is None or "0000" in found.groups():
        raise UsageError(
            f'--window: found "{text}"; allowed: first and last month, such as 2010-01:2019-12'
        )
    years = [int(part) for part in found.groups()]
    return date(years[0], years[1], 1), date(years[2], years[3], 1)


def ages(text: str) -> tuple[int, int]:
    """Return two ages from ``18:42``.

    Raises
    ------
    UsageError
        For any other text.
    """
    found = re.fullmatch(r"(\d{1,3}):(\d{1,3})", text, re.ASCII)
    if found is None:
        raise UsageError(
            f'--ages: found "{text}"; allowed: first and last completed year, such as 18:42'
        )
    return int(found[1]), int(found[2])
