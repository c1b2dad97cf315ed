"""Levels of education by the national standard, in SQL."""

from __future__ import annotations

from evaluation.data.registers.columns._spells import month_of

# First digits of nus2000: 4 and above hold completed upper secondary education, 9 is unknown.
COMPLETED = "left(nus2000, 1) BETWEEN '4' AND '8'"
BELOW = "left(nus2000, 1) BETWEEN '0' AND '3'"


def first_levels() -> str:
    """Return the SELECT of person, ``done`` and ``below``.

    They are the first months in which completed upper secondary education, and a level below it,
    are on record.
    """
    month = month_of('"from"')
    return (
        f"SELECT person, min({month}) FILTER (WHERE {COMPLETED}) AS done, "
        f"min({month}) FILTER (WHERE {BELOW}) AS below FROM education GROUP BY person"
    )
