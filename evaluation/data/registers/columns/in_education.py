"""Enrolment in education."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.data.registers.columns._spells import dated_months, flag
from evaluation.data.registers.columns.contract import Grain, NoOptions, Otherwise, Type

NAMES: Mapping[str, str] = {
    "in_education": "1 where enrolled in education on some day of the month, 0 where not"
}
TABLES = {"in_education": (("enrolment",),)}
TYPES = {"in_education": Type.FLAG}
OTHERWISE = {"in_education": Otherwise.ZERO}
VALID = {"in_education": (None, None)}
GRAIN = Grain.MONTH
NEEDS: tuple[str, ...] = ()
Options = NoOptions


def query(name: str, options: Any, has: frozenset[str]) -> str:
    """Return the months that spells of enrolment touch."""
    del name, options, has
    return flag(dated_months("enrolment"))
