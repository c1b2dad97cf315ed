"""Entry to social assistance, and exit from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.data.registers.columns._assistance import TABLES as ONES
from evaluation.data.registers.columns.contract import Grain, NoOptions, Otherwise, Type

NAMES: Mapping[str, str] = {
    "sa_entry": "1 where receipt began, 0 where it did not; missing if received in the month "
    "before, and in the delivery's first month, before which nothing is known",
    "sa_exit": "1 where receipt ended the month before, 0 where it went on; missing if not "
    "received in the month before, and in the delivery's first month",
}
TABLES = dict.fromkeys(NAMES, ONES)
TYPES = dict.fromkeys(NAMES, Type.FLAG)
OTHERWISE = {"sa_entry": Otherwise.ZERO, "sa_exit": Otherwise.MISSING}
VALID = dict.fromkeys(NAMES, (None, None))
GRAIN = Grain.MONTH
NEEDS = ("sa_received",)
Options = NoOptions

_MONTHS = (
    "WITH months AS (SELECT person, month, "
    "lag(month) OVER of_person IS NOT DISTINCT FROM month - 1 AS before, "
    "lead(month) OVER of_person IS NOT DISTINCT FROM month + 1 AS after "
    "FROM given_sa_received WHERE value = 1 "
    "WINDOW of_person AS (PARTITION BY person ORDER BY month)) "
)
_STATEMENTS = {
    "sa_entry": "SELECT person, month, 1 AS value FROM months, bounds "
    "WHERE NOT before AND month > bounds.first "
    "UNION ALL SELECT person, month + 1, NULL FROM months "
    "UNION ALL SELECT person, month, NULL FROM base, bounds WHERE month = bounds.first",
    "sa_exit": "SELECT person, month + 1 AS month, (NOT after)::INTEGER AS value FROM months",
}


def query(name: str, options: Any, has: frozenset[str]) -> str:
    """Return beginnings, or for each month of receipt whether the next is one too."""
    del options, has
    return _MONTHS + _STATEMENTS[name]
