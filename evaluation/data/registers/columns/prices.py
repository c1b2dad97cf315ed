"""Prices of the month: for thresholds in G and amounts in constant kroner that a spec derives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.data.registers.columns._prices import (
    PricesOptions,
    basic_amounts,
    consumer_prices,
    price_remarks,
)
from evaluation.data.registers.columns.contract import Grain, Otherwise, Type

NAMES: Mapping[str, str] = {
    "basic_amount": "basic amount (G) of a year in force in the month, kroner; it changes in May",
    "basic_amount_mean": "mean basic amount (G) of the calendar year, kroner",
    "price_index": "consumer price index of the month, or of its year; the delivery's own series, "
    "else the program's, which is unverified and ends in 2019",
}
TABLES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "basic_amount": (("person",), ("sa_month",)),
    "basic_amount_mean": (("person",), ("sa_month",)),
    "price_index": (("deflator",), ("person",), ("sa_month",)),
}
TYPES = dict.fromkeys(NAMES, Type.DOUBLE)
OTHERWISE = dict.fromkeys(NAMES, Otherwise.MISSING)
VALID = dict.fromkeys(NAMES, (None, None))
GRAIN = Grain.MONTH
NEEDS: tuple[str, ...] = ()
Options = PricesOptions


def query(name: str, options: Any, has: frozenset[str]) -> str:
    """Return the price of every row's month."""
    series, value = {
        "basic_amount": (basic_amounts("month"), "amount"),
        "basic_amount_mean": (basic_amounts("year"), "amount"),
        "price_index": (consumer_prices(options, has), "level"),
    }[name]
    return (
        f"SELECT b.person, b.month, s.{value} AS value FROM base b "
        f"JOIN ({series}) AS s ON s.month = b.month"
    )


def remarks(name: str, options: Any, has: frozenset[str]) -> tuple[str, ...]:
    """Return what a reader must know of the prices used."""
    return price_remarks(options, has) if name == "price_index" else ()
