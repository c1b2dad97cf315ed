"""Exit from social assistance to another benefit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from evaluation.data.registers.columns._assistance import with_assistance
from evaluation.data.registers.columns.benefits import AAP_FROM
from evaluation.data.registers.columns.contract import Grain, Otherwise, Type
from evaluation.data.registers.sql import literal
from evaluation.spec.options import Table

BENEFITS = {
    "sa_exit_programme": "kvp",
    "sa_exit_aap": "aap",
    "sa_exit_disability": "ufore",
    "sa_exit_introduction": "intro",
}
_TO = {
    "sa_exit_programme": "the qualification programme",
    "sa_exit_aap": "work assessment allowance",
    "sa_exit_disability": "disability benefit",
    "sa_exit_introduction": "the introduction benefit",
}
NAMES: Mapping[str, str] = {
    name: f"as sa_exit, where a spell of {to} begins in that month, or within the months after it "
    "that the mapping allows"
    for name, to in _TO.items()
}
TABLES = dict.fromkeys(NAMES, with_assistance("benefit_spell"))
TYPES = dict.fromkeys(NAMES, Type.FLAG)
OTHERWISE = dict.fromkeys(NAMES, Otherwise.MISSING)
VALID: Mapping[str, tuple[int | None, int | None]] = {
    **dict.fromkeys(NAMES, (None, None)),
    "sa_exit_aap": (AAP_FROM, None),
}
GRAIN = Grain.MONTH
NEEDS = ("sa_exit",)


class Options(Table):
    """How many months after the first without receipt the benefit may begin."""

    within: int = Field(default=0, ge=0, le=24)


def query(name: str, options: Any, has: frozenset[str]) -> str:
    """Return exits after which a spell of the benefit begins in time, 0 for other months at risk.

    A spell that goes on from another of the same benefit does not begin. An exit is missing
    where the delivery ends before the benefit's time to begin does, and it has not begun.
    """
    del has
    within = int(options.within)
    return (
        "WITH spell AS (SELECT person, from_ym AS start, max(coalesce(to_ym, 999999)) OVER ("
        "PARTITION BY person ORDER BY from_ym, to_ym NULLS LAST "
        "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM benefit_spell "
        f"WHERE benefit = {literal(BENEFITS[name])}), "
        "begun AS (SELECT DISTINCT person, start FROM spell "
        "WHERE before IS NULL OR before < start - 1), "
        "found AS (SELECT DISTINCT e.person, e.month FROM given_sa_exit e JOIN begun b "
        f"ON b.person = e.person AND b.start BETWEEN e.month AND e.month + {within} "
        "WHERE e.value = 1) "
        "SELECT e.person, e.month, CASE WHEN e.value = 0 THEN 0 "
        "WHEN found.person IS NOT NULL THEN 1 "
        f"WHEN e.value = 1 AND e.month + {within} <= bounds.last THEN 0 END AS value "
        "FROM bounds, given_sa_exit e "
        "LEFT JOIN found ON found.person = e.person AND found.month = e.month"
    )
