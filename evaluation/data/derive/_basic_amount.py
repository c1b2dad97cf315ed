"""The basic amount of the national insurance scheme (G), by date.

National Insurance Act (folketrygdloven) section 1-4; the series is the one kept by the Labour and
Welfare Administration (navikt/g, MIT licence): amounts in force from a date, and the mean of each
calendar year.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Literal

Span = Literal["year", "month"]
FILE = Path(__file__).with_name("basic_amount.csv")


@cache
def steps(per: Span) -> tuple[tuple[int, float], ...]:
    """Return from which month (months since year 0) an amount holds, rising.

    Parameters
    ----------
    per
        ``year``: the mean G of the calendar year; ``month``: a twelfth of the G in force, which
        changes in May.
    """
    with FILE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    if per == "year":
        means = {int(row["from"][:4]): row["year_mean"] for row in rows if row["year_mean"]}
        return tuple((year * 12, float(mean)) for year, mean in sorted(means.items()))
    dates = [(row["from"].split("-"), float(row["amount"])) for row in rows]
    return tuple((int(d[0]) * 12 + int(d[1]) - 1, amount / 12.0) for d, amount in dates)


@cache
def last_month(per: Span) -> int:
    """Return the last month that the series covers: of its last year, or a year after it began."""
    return steps(per)[-1][0] + 11
