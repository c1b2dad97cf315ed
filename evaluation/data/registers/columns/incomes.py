"""Income of the calendar year, in each of its months."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.data.registers.columns.contract import Grain, NoOptions, Otherwise, Type
from evaluation.data.registers.sql import literal

_CONCEPTS = {
    "income_work": "wyrkinnt",
    "income_after_tax": "wies",
    "income_pensionable": "pgivinnt",
}
_WORDS = {
    "income_work": "income from work",
    "income_after_tax": "income after tax",
    "income_pensionable": "pensionable income, until 2020",
}
NAMES: Mapping[str, str] = {
    name: f"{words} of the whole calendar year, nominal kroner, the same in each of its months; "
    "missing where the register has no row"
    for name, words in _WORDS.items()
}
TABLES = dict.fromkeys(NAMES, (("income_year",),))
TYPES = dict.fromkeys(NAMES, Type.LONG)
OTHERWISE = dict.fromkeys(NAMES, Otherwise.MISSING)
VALID: Mapping[str, tuple[int | None, int | None]] = {
    **dict.fromkeys(NAMES, (None, None)),
    "income_pensionable": (None, 2020 * 12 + 11),
}
GRAIN = Grain.MONTH
NEEDS: tuple[str, ...] = ()
Options = NoOptions


def query(name: str, options: Any, has: frozenset[str]) -> str:
    """Return the year's income for every row of the year."""
    del options, has
    return (
        "SELECT b.person, b.month, i.nok AS value FROM base b JOIN income_year i "
        "ON i.person = b.person AND i.year = b.month // 12 "
        f"AND i.concept = {literal(_CONCEPTS[name])}"
    )
