"""Prices in SQL: the basic amount by date, and consumer prices."""

from __future__ import annotations

import csv
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Literal

from evaluation.data.derive._basic_amount import Span, last_month, steps
from evaluation.spec.options import Table

FIRST = 1990 * 12  # no column is of earlier months
REMEMBERED = Path(__file__).with_name("consumer_prices.csv")
UNVERIFIED = (
    "consumer prices: the series 2010 to 2019 that comes with the program is remembered, not "
    "verified against Statistics Norway's table 03014; deliver a table deflator of your own "
    "before citing amounts in constant prices"
)


class PricesOptions(Table):
    """Which consumer prices, and the calendar year in whose kroner amounts are given.

    ``prices`` is ``delivered`` (series CPI of table deflator, by month or year) or ``remembered``
    (the program's own, unverified); by default the delivered ones where the table is there.
    """

    prices: Literal["delivered", "remembered"] | None = None
    year: int = 2015


def remembered(options: PricesOptions, has: Collection[str]) -> bool:
    """Return whether the program's own series is used."""
    return options.prices == "remembered" or (options.prices is None and "deflator" not in has)


def price_remarks(options: PricesOptions, has: Collection[str]) -> tuple[str, ...]:
    """Return what a reader must know of the consumer prices used."""
    return (UNVERIFIED,) if remembered(options, has) else ()


def consumer_prices(options: PricesOptions, has: Collection[str]) -> str:
    """Return the SELECT of month and ``factor``: what makes kroner of ``options.year`` of a krone.

    Months and years that the series does not have are left out.
    """
    if remembered(options, has):
        years = ", ".join(f"({year}, {level})" for year, level in _remembered())
        levels = (
            f"SELECT year * 12 + k AS month, level FROM (VALUES {years}) AS v(year, level), "
            "range(12) AS months(k)"
        )
    else:
        levels = (
            "SELECT ym AS month, value AS level FROM deflator "
            "WHERE series = 'CPI' AND ym IS NOT NULL UNION ALL "
            "SELECT year * 12 + k, value FROM deflator, range(12) AS months(k) "
            "WHERE series = 'CPI' AND ym IS NULL AND year * 12 + k NOT IN "
            "(SELECT ym FROM deflator WHERE series = 'CPI' AND ym IS NOT NULL)"
        )
    first = int(options.year) * 12
    return (
        f"WITH levels AS ({levels}) SELECT month::INTEGER AS month, level, (SELECT avg(level) "
        f"FROM levels WHERE month BETWEEN {first} AND {first + 11}) / level AS factor FROM levels"
    )


@cache
def basic_amounts(span: Span) -> str:
    """Return the SELECT of month and ``amount``: the basic amount of a year, from 1990 on.

    Parameters
    ----------
    span
        ``month``: the amount in force in the month; ``year``: the mean of the calendar year.
    """
    times = {"month": 12.0, "year": 1.0}[span]
    changes = [(month, amount * times) for month, amount in steps(span)]
    stops = [*(month - 1 for month, _ in changes[1:]), last_month(span)]
    spans = ", ".join(
        f"({month}, {stop}, {amount!r})"
        for (month, amount), stop in zip(changes, stops, strict=True)
        if stop >= FIRST
    )
    return (
        "SELECT unnest(range(first, last + 1))::INTEGER AS month, amount "
        f"FROM (VALUES {spans}) AS v(first, last, amount)"
    )


@cache
def _remembered() -> tuple[tuple[int, float], ...]:
    with REMEMBERED.open(encoding="utf-8", newline="") as lines:
        return tuple((int(row["year"]), float(row["cpi"])) for row in csv.DictReader(lines))
