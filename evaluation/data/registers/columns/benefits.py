"""Benefits other than social assistance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.data.registers.columns._spells import flag, months_within
from evaluation.data.registers.columns.contract import Grain, NoOptions, Otherwise, Type
from evaluation.data.registers.sql import literal

AAP_FROM = 2010 * 12 + 2  # March 2010: the allowance took the place of three others

BENEFITS: Mapping[str, tuple[str, str]] = {
    "on_aap": ("aap", "work assessment allowance"),
    "on_disability": ("ufore", "disability benefit"),
    "on_programme": ("kvp", "the qualification programme"),
    "on_introduction": ("intro", "the introduction benefit"),
    "on_sickness": ("sykepenger", "sickness benefit"),
    "on_unemployment": ("dagpenger", "unemployment benefit"),
    "on_transitional": ("overgangsstonad", "transitional benefit"),
    "on_old_age": ("alderspensjon", "old-age pension"),
    "on_measure_benefit": ("tiltakspenger", "the benefit of those in labour market measures"),
}
NAMES: Mapping[str, str] = {
    name: f"1 where on {words} in the month, whatever the degree"
    for name, (_, words) in BENEFITS.items()
}
TABLES = dict.fromkeys(NAMES, (("benefit_spell",),))
TYPES = dict.fromkeys(NAMES, Type.FLAG)
OTHERWISE = dict.fromkeys(NAMES, Otherwise.ZERO)
VALID: Mapping[str, tuple[int | None, int | None]] = {
    **dict.fromkeys(NAMES, (None, None)),
    "on_aap": (AAP_FROM, None),
}
GRAIN = Grain.MONTH
NEEDS: tuple[str, ...] = ()
Options = NoOptions


def query(name: str, options: Any, has: frozenset[str]) -> str:
    """Return the months of spells of the benefit."""
    del options, has
    benefit = literal(BENEFITS[name][0])
    return flag(months_within("benefit_spell", "from_ym", "to_ym", f"benefit = {benefit}"))
