"""Criminal charges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.data.registers.columns._spells import month_of
from evaluation.data.registers.columns.contract import Grain, NoOptions, Otherwise, Type

NAMES: Mapping[str, str] = {
    "charged": "1 where charged with an offence of the month, 0 where not",
    "charges": "charges for offences of the month, 0 if none",
}
TABLES = dict.fromkeys(NAMES, (("charge",),))
TYPES = {"charged": Type.FLAG, "charges": Type.SMALL}
OTHERWISE = dict.fromkeys(NAMES, Otherwise.ZERO)
VALID = dict.fromkeys(NAMES, (None, None))
GRAIN = Grain.MONTH
NEEDS: tuple[str, ...] = ()
Options = NoOptions

_VALUES = {"charged": "1", "charges": "count(*)"}


def query(name: str, options: Any, has: frozenset[str]) -> str:
    """Return the months with charges."""
    del options, has
    month = month_of('"date"')
    return (
        f"SELECT person, {month} AS month, {_VALUES[name]} AS value FROM charge GROUP BY person, 2"
    )
