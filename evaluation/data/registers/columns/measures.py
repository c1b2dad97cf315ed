"""Labour market measures by who provides them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.data.registers.columns._spells import dated_months, flag
from evaluation.data.registers.columns.contract import Grain, NoOptions, Otherwise, Type

_PROVIDED = {
    "on_measure": "TRUE",
    "on_measure_state": "provider = 'state'",
    "on_measure_municipal": "provider = 'municipal'",
    "on_measure_voluntary": "provider = 'voluntary'",
}
_BY = {
    "on_measure": "whoever provides it",
    "on_measure_state": "of the state",
    "on_measure_municipal": "of a municipality",
    "on_measure_voluntary": "of a voluntary organisation",
}
NAMES: Mapping[str, str] = {
    name: f"1 where in a measure, {by}, on some day of the month, 0 where not"
    for name, by in _BY.items()
}
TABLES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    name: (("measure_spell",),)
    if name == "on_measure"
    else (("measure_spell", "measure_spell.provider"),)
    for name in NAMES
}
TYPES = dict.fromkeys(NAMES, Type.FLAG)
OTHERWISE = dict.fromkeys(NAMES, Otherwise.ZERO)
VALID = dict.fromkeys(NAMES, (None, None))
GRAIN = Grain.MONTH
NEEDS: tuple[str, ...] = ()
Options = NoOptions


def query(name: str, options: Any, has: frozenset[str]) -> str:
    """Return the months that spells in measures touch."""
    del options, has
    return flag(dated_months("measure_spell", _PROVIDED[name]))
