"""The municipality lived in at a date, frozen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from evaluation.data.registers.columns._places import PLACE, only, places
from evaluation.data.registers.columns.contract import Grain, Otherwise, Type
from evaluation.spec.options import Table

NAMES: Mapping[str, str] = {
    "muni_at": "municipality lived in at the end of the month of a date that the mapping names, "
    "four-digit code, frozen, harmonised over mergers; missing for those not there then"
}
TABLES = {"muni_at": (PLACE,)}
TYPES = {"muni_at": Type.TEXT}
OTHERWISE = {"muni_at": Otherwise.MISSING}
VALID = {"muni_at": (None, None)}
GRAIN = Grain.PERSON
NEEDS: tuple[str, ...] = ()


class Options(Table):
    """The date; a day stands for the end of its month."""

    date: dt.date


def query(name: str, options: Any, has: frozenset[str]) -> str:
    """Return the place of the stay that holds at the end of that month."""
    del name, has
    return f"SELECT person, place AS value FROM ({places(only(options.date))})"
