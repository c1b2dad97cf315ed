"""Which spell of social assistance a month belongs to, and how long it has lasted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from evaluation.data.registers.columns._assistance import TABLES as ONES
from evaluation.data.registers.columns._assistance import intervals_received
from evaluation.data.registers.columns.contract import Grain, Otherwise, Type
from evaluation.spec.options import Table

NAMES: Mapping[str, str] = {
    "sa_spell_number": "which spell of social assistance it is, counted from the delivery's first "
    "month, 1 for the first; missing in months without receipt",
    "sa_spell_months": "months since the spell of social assistance began, 1 for its first; "
    "missing in months without receipt, and where the spell ran in the delivery's first month "
    "and nobody knows since when",
}
TABLES = dict.fromkeys(NAMES, ONES)
TYPES = dict.fromkeys(NAMES, Type.SMALL)
OTHERWISE = dict.fromkeys(NAMES, Otherwise.MISSING)
VALID = dict.fromkeys(NAMES, (None, None))
GRAIN = Grain.MONTH
NEEDS: tuple[str, ...] = ()


class Options(Table):
    """After how many months without receipt another spell begins."""

    months_apart: int = Field(default=1, ge=1, le=24)


_VALUES = {
    "sa_spell_number": "number",
    "sa_spell_months": "CASE WHEN spell.start <> bounds.first THEN month - spell.start + 1 END",
}


def query(name: str, options: Any, has: frozenset[str]) -> str:
    """Return the months of receipt of each spell, numbered by person."""
    return (
        f"WITH piece AS ({intervals_received(has)}), "
        "ahead AS (SELECT *, max(stop) OVER (PARTITION BY person ORDER BY start, stop "
        "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM piece), "
        "told AS (SELECT *, sum((before IS NULL OR start - before > "
        f"{int(options.months_apart)})::INTEGER) OVER (PARTITION BY person ORDER BY start, stop "
        "ROWS UNBOUNDED PRECEDING) AS spell FROM ahead), "
        "spell AS (SELECT person, spell, min(start) AS start, row_number() OVER ("
        "PARTITION BY person ORDER BY spell) AS number FROM told, bounds GROUP BY person, spell "
        "HAVING max(stop) >= max(bounds.first)), "
        "received AS (SELECT DISTINCT person, spell, unnest(range(greatest(start, bounds.first), "
        "stop + 1)) AS month FROM told, bounds) "
        f"SELECT person, month, {_VALUES[name]} AS value "
        "FROM bounds, received JOIN spell USING (person, spell)"
    )
