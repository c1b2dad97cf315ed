"""The municipality at the person's first month in the data, frozen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.data.registers.columns._places import PLACE, places
from evaluation.data.registers.columns.contract import Grain, NoOptions, Otherwise, Type

NAMES: Mapping[str, str] = {
    "muni_h": "municipality at the person's first month in the delivery, four-digit code, frozen; "
    "harmonised over mergers, a group known by its lowest last code"
}
TABLES = {"muni_h": (PLACE,)}
TYPES = {"muni_h": Type.TEXT}
OTHERWISE = {"muni_h": Otherwise.MISSING}
VALID = {"muni_h": (None, None)}
GRAIN = Grain.PERSON
NEEDS: tuple[str, ...] = ()
Options = NoOptions


def query(name: str, options: Any, has: frozenset[str]) -> str:
    """Return the place of the first stay, at whatever age."""
    del name, options, has
    return f"SELECT person, first(place ORDER BY start) AS value FROM ({places()}) GROUP BY person"
