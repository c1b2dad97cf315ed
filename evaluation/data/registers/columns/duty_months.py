"""Months as a recipient under the duty, so far."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from evaluation.data.registers.base import MID_MONTH
from evaluation.data.registers.columns._adopted import Survey, answers
from evaluation.data.registers.columns._assistance import months_received, with_assistance
from evaluation.data.registers.columns._places import PLACE, places
from evaluation.data.registers.columns.contract import Grain, Otherwise, Type
from evaluation.data.registers.municipalities.dates import month_of

NAMES: Mapping[str, str] = {
    "duty_months": "months so far in the delivery, this one included, as a recipient below the age "
    "of release in a municipality that demanded activity; missing from the first month for which "
    "the survey cannot tell"
}
TABLES = {"duty_months": with_assistance("person", *PLACE, "adoption")}
TYPES = {"duty_months": Type.SMALL}
OTHERWISE = {"duty_months": Otherwise.ZERO}
VALID = {"duty_months": (None, None)}
GRAIN = Grain.MONTH
NEEDS: tuple[str, ...] = ()
_GROWN_UP = 18 * 12  # social assistance of one's own


class Options(Survey):
    """How months are counted.

    The duty is that of the wide definition, any demand, unless ``definition`` says narrow: before
    the earliest month of an answer by the narrow one it cannot be told.

    Attributes
    ----------
    uncertain
        What a month between the earliest and the latest month of adoption is: ``missing``, or
        taken as if adoption came in the ``earliest`` or ``latest``.
    before_data
        Whether months before the delivery, if the municipality of the first month may have demanded
        activity then, are ``not_counted`` or make the count ``missing``.
    until_age
        Age of release, completed years. The month of that birthday counts unless it is its first
        day.
    law
        When the law came into force, for municipalities that say before, at or after it alone.
    """

    uncertain: Literal["missing", "earliest", "latest"] = "missing"
    before_data: Literal["not_counted", "missing"] = "not_counted"
    until_age: int = Field(default=30, ge=18, le=67)
    law: dt.date = dt.date(2017, 1, 1)


_BETWEEN: Mapping[str, str] = {
    "missing": "NULL",
    "earliest": "CASE WHEN r.month >= a.earliest THEN 1 END",
    "latest": "CASE WHEN r.month < a.latest THEN 0 END",
}


def query(name: str, options: Any, has: frozenset[str]) -> str:
    """Return the running count from the first month that counts, or cannot be told, on."""
    del name
    law, release = month_of(options.law), options.until_age * 12
    age, day = "(r.month - p.birth_ym)", f"coalesce(day(p.birth_date), {MID_MONTH})"
    begun = "true" if options.definition == "narrow" else "wide"
    earlier = _EARLIER.format(release=release) if options.before_data == "missing" else ""
    return f"""
    WITH lived AS ({places()}),
    adopted AS (
        SELECT place,
            CASE WHEN {begun} THEN coalesce(earliest,
                CASE status WHEN 'at_law' THEN {law} WHEN 'after' THEN {law + 1} END)
                END AS earliest,
            coalesce(latest, CASE status WHEN 'before' THEN {law - 1} WHEN 'at_law' THEN {law} END)
                AS latest
        FROM ({answers(options, has)})
    ),
    counted AS (
        SELECT r.person, r.month,
            CASE WHEN {age} > {release} OR ({age} = {release} AND {day} = 1) THEN 0
                WHEN r.month >= a.latest THEN 1
                WHEN r.month < a.earliest THEN 0
                ELSE {_BETWEEN[options.uncertain]} END AS duty
        FROM ({months_received(has)}) r JOIN person p ON p.person = r.person
        LEFT JOIN lived l ON l.person = r.person AND r.month BETWEEN l.start AND l.stop
        LEFT JOIN adopted a ON a.place = l.place
        {earlier}
    ),
    running AS (
        SELECT person, month, CASE WHEN NOT bool_or(unsure) OVER so_far
            THEN sum(duty) OVER so_far END AS value
        FROM (
            SELECT person, month, coalesce(max(duty), 0) AS duty, bool_or(duty IS NULL) AS unsure
            FROM counted GROUP BY person, month
        )
        WINDOW so_far AS (PARTITION BY person ORDER BY month)
    )
    SELECT b.person, b.month, r.value
    FROM base b ASOF JOIN running r ON r.person = b.person AND r.month <= b.month
    """


def remarks(name: str, options: Any, has: frozenset[str]) -> tuple[str, ...]:
    """Say what the count leaves out."""
    del name, has
    if options.before_data == "missing":
        return ()
    return (
        "duty_months counts from the delivery's first month; months under the duty before it are "
        'not known: columns.duty_months.before_data = "missing" makes such counts missing',
    )


_EARLIER = f"""
        UNION ALL
        SELECT l.person, l.start, NULL
        FROM lived l CROSS JOIN bounds b JOIN person p ON p.person = l.person
        LEFT JOIN adopted a ON a.place = l.place
        WHERE l.start = b.first AND coalesce(a.earliest, 0) < b.first
            AND p.birth_ym + {_GROWN_UP} < b.first
            AND p.birth_ym + {{release}} > coalesce(a.earliest, 0)
"""
