"""The office that serves a person, and what it offers and demands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from evaluation.data.registers.columns._places import BOUNDS, PLACE, only
from evaluation.data.registers.columns._served import served
from evaluation.data.registers.columns.contract import Grain, Otherwise, Type
from evaluation.spec.options import Table

_OF = (
    "; by municipality and, where offices serve districts, by district; missing where none is known"
)
NAMES: Mapping[str, str] = {
    "office_id": f"office that serves the person's residence at the end of the month{_OF}",
    "sanction_regime": "sanction regime of that office: mild or strict",
    "provision": "provision of that office: broad_centre, specialised or none",
}
TABLES = {name: ((*PLACE, "office", f"office.{name}"),) for name in NAMES}
TYPES = dict.fromkeys(NAMES, Type.TEXT)
OTHERWISE = dict.fromkeys(NAMES, Otherwise.MISSING)
VALID: Mapping[str, tuple[int | None, int | None]] = dict.fromkeys(NAMES, (None, None))
GRAIN = Grain.MONTH
NEEDS: tuple[str, ...] = ()


class Options(Table):
    """``at`` freezes the office: that of the residence at the end of the month of a date."""

    at: dt.date | None = None


def query(name: str, options: Any, has: frozenset[str]) -> str:
    """Return what the office is or says, by month of residence."""
    del has
    if options.at is None:
        return served(name, BOUNDS)
    return f"""
    SELECT b.person, b.month, v.value
    FROM base b JOIN ({served(name, only(options.at))}) v ON v.person = b.person
    """
