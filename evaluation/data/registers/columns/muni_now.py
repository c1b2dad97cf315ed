"""The municipality lived in at the end of the month."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.data.registers.columns._places import PLACE, places
from evaluation.data.registers.columns.contract import Grain, NoOptions, Otherwise, Type

NAMES: Mapping[str, str] = {
    "muni_now": "municipality lived in at the end of the month, four-digit code, harmonised over "
    "mergers"
}
TABLES = {"muni_now": (PLACE,)}
TYPES = {"muni_now": Type.TEXT}
OTHERWISE = {"muni_now": Otherwise.MISSING}
VALID = {"muni_now": (None, None)}
GRAIN = Grain.MONTH
NEEDS: tuple[str, ...] = ()
Options = NoOptions


def query(name: str, options: Any, has: frozenset[str]) -> str:
    """Return the place of every month of every stay."""
    del name, options, has
    return (
        "SELECT person, unnest(range(start, stop + 1))::INTEGER AS month, place AS value "
        f"FROM ({places()})"
    )
