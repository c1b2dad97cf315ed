"""Criminal charges, by the date of the offence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.data.registers.columns._spells import month_of
from evaluation.data.registers.columns.contract import Grain, NoOptions, Otherwise, Type

_TYPED = {
    "property": "for gain",
    "violence": "of violence",
    "drugs": "with drugs",
    "traffic": "in traffic",
}
_WHERE: Mapping[str, str] = {
    "charged": "TRUE",
    **{f"charged_{kind}": f"type = '{kind}'" for kind in _TYPED},
    # ISO weekdays: 6 and 7 are Saturday and Sunday.
    "charged_weekend": 'isodow("date") >= 6',
    "charges": "TRUE",
}
NAMES: Mapping[str, str] = {
    "charged": "1 where charged with an offence of the month, 0 where not",
    **{
        f"charged_{kind}": f"1 where charged with an offence {words} of the month (type {kind}), "
        "0 where not"
        for kind, words in _TYPED.items()
    },
    "charged_weekend": "1 where charged with an offence of a Saturday or Sunday of the month, 0 "
    "where not",
    "charges": "charges for offences of the month, 0 if none",
}
TABLES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    name: (("charge", "charge.type") if name.removeprefix("charged_") in _TYPED else ("charge",),)
    for name in NAMES
}
TYPES = {name: Type.SMALL if name == "charges" else Type.FLAG for name in NAMES}
OTHERWISE = dict.fromkeys(NAMES, Otherwise.ZERO)
VALID = dict.fromkeys(NAMES, (None, None))
GRAIN = Grain.MONTH
NEEDS: tuple[str, ...] = ()
Options = NoOptions


def query(name: str, options: Any, has: frozenset[str]) -> str:
    """Return the months with charges."""
    del options, has
    month, value = month_of('"date"'), "count(*)" if name == "charges" else "1"
    return (
        f"SELECT person, {month} AS month, {value} AS value FROM charge WHERE {_WHERE[name]} "
        "GROUP BY person, 2"
    )
