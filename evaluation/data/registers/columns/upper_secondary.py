"""Whether upper secondary education is completed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.data.registers.columns._schooling import first_levels
from evaluation.data.registers.columns.contract import Grain, NoOptions, Otherwise, Type

NAMES: Mapping[str, str] = {
    "upper_secondary": "1 where completed upper secondary education or more is on record at the "
    "month's end (first digit of nus2000 from 4 to 8), 0 where less is; missing where no level is "
    "known (9, or no row yet)"
}
TABLES = {"upper_secondary": (("education",),)}
TYPES = {"upper_secondary": Type.FLAG}
OTHERWISE = {"upper_secondary": Otherwise.MISSING}
VALID = {"upper_secondary": (None, None)}
GRAIN = Grain.MONTH
NEEDS: tuple[str, ...] = ()
Options = NoOptions


def query(name: str, options: Any, has: frozenset[str]) -> str:
    """Return for every row the highest level so far as above or below the line."""
    del name, options, has
    return (
        "SELECT b.person, b.month, CASE WHEN b.month >= l.done THEN 1 "
        "WHEN b.month >= l.below THEN 0 END AS value "
        f"FROM base b JOIN ({first_levels()}) AS l ON l.person = b.person"
    )
