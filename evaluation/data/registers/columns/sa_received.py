"""Whether social assistance was received."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.data.registers.columns._assistance import TABLES as ONES
from evaluation.data.registers.columns._assistance import months_received
from evaluation.data.registers.columns._spells import flag
from evaluation.data.registers.columns.contract import Grain, NoOptions, Otherwise, Type

NAMES: Mapping[str, str] = {
    "sa_received": "1 where social assistance was received in the month, 0 where it was not"
}
TABLES = {"sa_received": ONES}
TYPES = {"sa_received": Type.FLAG}
OTHERWISE = {"sa_received": Otherwise.ZERO}
VALID = {"sa_received": (None, None)}
GRAIN = Grain.MONTH
NEEDS: tuple[str, ...] = ()
Options = NoOptions


def query(name: str, options: Any, has: frozenset[str]) -> str:
    """Return the months of spells, or where there is no table of spells those paid."""
    del name, options
    return flag(months_received(has))
