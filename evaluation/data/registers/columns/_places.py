"""Where persons live by harmonised municipality, in SQL."""

from __future__ import annotations

import datetime as dt

from evaluation.data.registers.base import STAYS
from evaluation.data.registers.municipalities.dates import month_of

PLACE = ("residence", "muni_crosswalk")
"""Tables that tell the harmonised municipality of a person."""

BOUNDS = "SELECT first, last FROM bounds"


def only(day: dt.date) -> str:
    """Return bounds of the month of a day alone."""
    return f"SELECT {month_of(day)} AS first, {month_of(day)} AS last"


def places(within: str = BOUNDS) -> str:
    """Return the SELECT of stays at one place: person, start, stop, code, district, place.

    Months are those at whose end the stay holds, cut to the bounds. A code means what it meant when
    the stay began, also where a merger made another of it since: a later place under the same code
    is not meant.
    """
    return f"""
    SELECT s.person, greatest(s.start, b.first)::INTEGER AS start,
        least(s.stop, b.last)::INTEGER AS stop,
        s.municipality AS code, s.district, m.municipality AS place
    FROM ({STAYS}) s CROSS JOIN ({within}) b
    LEFT JOIN muni_codes m ON m.source = 'residence' AND m.code = s.municipality
        AND s.start BETWEEN m.first AND m.last
    WHERE greatest(s.start, b.first) <= least(s.stop, b.last)
    """
