"""NEET on a benefit and off it: together they are all who are NEET."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.data.registers.columns._assistance import with_assistance
from evaluation.data.registers.columns._spells import months_within
from evaluation.data.registers.columns.benefits import AAP_FROM
from evaluation.data.registers.columns.contract import Grain, Otherwise, Type
from evaluation.spec.options import Table

NAMES: Mapping[str, str] = {
    "neet_on_benefit": "1 where NEET, and on some benefit in the month, social assistance "
    "included unless the mapping says otherwise; 0 otherwise, missing where neet is",
    "neet_off_benefit": "1 where NEET, and on none of these; 0 otherwise, missing where neet is",
}
TABLES = dict.fromkeys(NAMES, with_assistance("benefit_spell"))
TYPES = dict.fromkeys(NAMES, Type.FLAG)
OTHERWISE = dict.fromkeys(NAMES, Otherwise.MISSING)
VALID = dict.fromkeys(NAMES, (AAP_FROM, None))
GRAIN = Grain.MONTH
NEEDS = ("neet", "sa_received")


class Options(Table):
    """Whether social assistance counts among the benefits."""

    assistance: bool = True


_HELD = {"neet_on_benefit": "IS NOT NULL", "neet_off_benefit": "IS NULL"}


def query(name: str, options: Any, has: frozenset[str]) -> str:
    """Return NEET months with a benefit, or without one, 0 for all others of which NEET is told."""
    del has
    held = months_within("benefit_spell", "from_ym", "to_ym")
    if options.assistance:
        held += " UNION SELECT person, month FROM given_sa_received WHERE value = 1"
    return (
        "SELECT n.person, n.month, "
        f"CASE WHEN n.value = 1 THEN (held.person {_HELD[name]})::INTEGER ELSE n.value END "
        "AS value "
        f"FROM given_neet n LEFT JOIN ({held}) AS held "
        "ON held.person = n.person AND held.month = n.month"
    )
