"""When municipalities began to demand activity, as an office survey heard it, in SQL."""

from __future__ import annotations

from typing import Literal

from evaluation.data.registers.sql import literal
from evaluation.spec.options import Table

_WIDE = "coalesce(a.definition, 'wide') = 'wide'"
Conflict = Literal["missing", "range"]


class Survey(Table):
    """How answers are read.

    ``conflict`` is what becomes of merged municipalities that gave different answers: ``missing``
    knows nothing of them, ``range`` knows from the earliest to the latest. ``definition`` keeps
    answers by one definition.
    """

    conflict: Conflict = "missing"
    definition: Literal["any", "wide", "narrow"] = "any"


def answers(survey: Survey, has: frozenset[str]) -> str:
    """Return the SELECT of answers by harmonised municipality.

    Its columns are place, earliest, latest, status, and wide: whether no answer was by the narrow
    definition, by which a municipality that demanded less had not begun yet.

    Municipalities are those of the first month of the answer's base year. Those that say nothing
    leave the word to those they merged with; those that an office serves share its answer.
    """
    kept = "" if survey.definition == "any" else f"AND a.definition = {literal(survey.definition)}"
    said = [
        f"""
        SELECT m.municipality AS place, a.from_ym, a.to_ym, nullif(a.status, 'unknown') AS status,
            {_WIDE} AS wide
        FROM adoption a CROSS JOIN bounds b
        JOIN muni_codes m ON m.source = 'adoption' AND m.code = a.municipality
            AND coalesce(a.base_year * 12, b.begins) BETWEEN m.first AND m.last
        WHERE a.municipality IS NOT NULL {kept}
        """
    ]
    if "office" in has:
        said.append(
            f"""
            SELECT m.municipality AS place, a.from_ym, a.to_ym,
                nullif(a.status, 'unknown') AS status, {_WIDE} AS wide
            FROM adoption a JOIN office o ON o.office_id = a.office_id CROSS JOIN bounds b
            JOIN muni_codes m ON m.source = 'office' AND m.code = o.municipality
                AND coalesce(year(o.valid_from) * 12 + month(o.valid_from) - 1, b.begins)
                    BETWEEN m.first AND m.last
            WHERE a.municipality IS NULL {kept}
                AND (a.base_year IS NULL OR a.base_year BETWEEN
                    coalesce(year(o.valid_from), a.base_year)
                    AND coalesce(year(o.valid_to), a.base_year))
            """
        )
    return f"""
    SELECT place, {_joined("from_ym", "min", survey)} AS earliest,
        {_joined("to_ym", "max", survey)} AS latest,
        CASE WHEN count(DISTINCT status) = 1 THEN min(status) END AS status,
        bool_and(wide) AS wide
    FROM ({" UNION ALL ".join(said)}) GROUP BY place
    """


def _joined(column: str, furthest: str, survey: Survey) -> str:
    value = f"{furthest}({column})"
    if survey.conflict == "range":
        return value
    agreed = "count(DISTINCT from_ym) <= 1 AND count(DISTINCT to_ym) <= 1"
    return f"CASE WHEN {agreed} THEN {value} END"
