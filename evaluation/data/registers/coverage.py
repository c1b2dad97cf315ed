"""Months that a table covers, where these are fewer than the delivery's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from evaluation.data.registers.contract import Temporality
from evaluation.data.registers.mapping import Delivery
from evaluation.data.registers.tables.registry import TABLES

Months = tuple[int, int]  # first and last, 12 × year + month - 1

# Tables that say who is observed: months that they do not cover are no months of a panel.
_OBSERVERS = ("residence", "resident_status")
# One row a year, of a source that ends where another begins.
_JOINED = ("employment_nov",)


def covered_months(delivery: Delivery) -> Mapping[str, Months]:
    """Return the months of every table of which the mapping says that it covers fewer."""
    return MappingProxyType(
        {
            entry.partition(".")[0]: (_month(one.covers[0]), _month(one.covers[1]))
            for entry, one in delivery.tables.items()
            if one.covers is not None
        }
    )


def within(tables: Iterable[str], covered: Mapping[str, Months]) -> Months | None:
    """Return the months that all of some tables cover; ``None`` where nothing is said of any.

    The first lies after the last where they have no month in common.
    """
    said = [covered[name] for name in tables if name in covered]
    if not said:
        return None
    return max(first for first, _ in said), min(last for _, last in said)


def coverage_remark(name: str, months: Months) -> str:
    """Return what a reader must know of a table that covers fewer months."""
    return (
        f"table {name} covers {_shown(months[0])} to {_shown(months[1])}: what is built of it is "
        "missing in other months"
    )


def coverage_faults(delivery: Delivery) -> Iterator[str]:
    """Yield a line for every ``covers`` of a mapping that cannot be meant."""
    said: dict[str, tuple[dt.date, dt.date] | None] = {}
    for entry, one in delivery.tables.items():
        name = entry.partition(".")[0]
        if name in said and said[name] != one.covers:
            yield (
                f"tables.{entry}.covers: is of the table as a whole; let all entries of {name} "
                "say the same months"
            )
        said.setdefault(name, one.covers)
        if one.covers is not None and name in TABLES:
            yield from _faults(f"tables.{entry}.covers", name, one.covers, delivery)


def _faults(
    where: str, name: str, covers: tuple[dt.date, dt.date], delivery: Delivery
) -> Iterator[str]:
    table, (first, last) = TABLES[name], covers
    if first > last:
        yield f"{where}: first and last month, such as [2015-01-01, 2018-12-01], in this order"
    elif first > delivery.last or _month(last) < _month(delivery.first):
        yield f"{where}: has no month of the panel, which first and last say; leave the table out"
    if table.temporality in (Temporality.FIXED, Temporality.REFERENCE) or name in _JOINED:
        yield f"{where}: {name} is of no months that it could lack; leave covers out"
    elif name in _OBSERVERS:
        yield (
            f"{where}: {name} says who is observed at all; let first and last of the mapping be "
            "the months that it covers"
        )


def _month(day: dt.date) -> int:
    return day.year * 12 + day.month - 1


def _shown(month: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02d}"
