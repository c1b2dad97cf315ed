"""Conditions for social assistance, from the form that holds the first of each year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from evaluation.data.registers.columns._assistance import with_assistance
from evaluation.data.registers.columns._spells import month_of
from evaluation.data.registers.columns.contract import Grain, Otherwise, Type
from evaluation.spec.options import Table

NAMES: Mapping[str, str] = {
    "condition_imposed": "1 where a decision with a condition was in force for a recipient, the "
    "year's first; 0 in months of receipt before it, in years whose form answers no, and without "
    "receipt; missing after it, as the form holds the first of a year alone, in the month of exit "
    "(which the delivery's first may be), and where the form does not answer",
    "condition_hours": "hours of activity a week that the condition demands, where "
    "condition_imposed is 1; 0 where it is 0, missing where it is",
    "condition_in_year": "1 in months of receipt of a year in which some condition was set, 0 of a "
    "year without one and without receipt; missing where no form answers",
    "condition_first": "1 in the month in which the year's first condition was decided, for a "
    "recipient; 0 in other months of receipt and without receipt; missing where no form answers",
    "sanctioned_in_year": "1 in months of receipt of a year with a sanction, 0 of a year without "
    "one and without receipt; missing where there is no form",
}
_DECIDED = ("sa_condition", "sa_condition.condition", "sa_condition.decision_from")
TABLES = {
    "condition_imposed": with_assistance(*_DECIDED),
    "condition_hours": with_assistance(*_DECIDED, "sa_condition.hours_week"),
    "condition_in_year": with_assistance("sa_condition", "sa_condition.condition"),
    "condition_first": with_assistance(*_DECIDED),
    "sanctioned_in_year": with_assistance("sa_condition", "sa_condition.sanction"),
}
TYPES = {**dict.fromkeys(NAMES, Type.FLAG), "condition_hours": Type.REAL}
OTHERWISE = dict.fromkeys(NAMES, Otherwise.ZERO)
VALID = dict.fromkeys(NAMES, (None, None))
GRAIN = Grain.MONTH
NEEDS = ("sa_received",)


class Options(Table):
    """What is made of months of which the form says nothing.

    ``later``: months of receipt after the year's first decision ended are ``missing``, without a
    condition (``zero``), or as under that decision (``same``). ``exit_month``: the first month
    without receipt is ``missing``, without a condition, or as the month before it.
    """

    later: Literal["missing", "zero", "same"] = "missing"
    exit_month: Literal["missing", "zero", "same"] = "missing"


# A year's answers over the municipalities that reported: yes if one says so, no if all do.
_YEARS = (
    "SELECT person, year, "
    "CASE WHEN bool_or(condition = 'yes') THEN 1 WHEN bool_and(coalesce(condition, '') = 'no') "
    "THEN 0 END AS answer, "
    "bool_or(condition IS NULL OR (condition = 'yes' AND decision_from IS NULL)) AS unclear, "
    f"min({month_of('decision_from')}) FILTER (WHERE condition = 'yes') AS first, "
    "(count(sanction) > 0)::INTEGER AS sanctioned FROM sa_condition GROUP BY person, year"
)
_RECEIVED = "SELECT person, month FROM given_sa_received WHERE value = 1"
_OF_YEAR = {
    "condition_in_year": "y.answer",
    "sanctioned_in_year": "y.sanctioned",
    "condition_first": "CASE WHEN y.first = r.month THEN 1 "
    "WHEN y.answer = 0 OR NOT y.unclear THEN 0 END",
}


def query(name: str, options: Any, has: frozenset[str]) -> str:
    """Return what the forms say of months of receipt, and of the months of exit."""
    del has
    if name in _OF_YEAR:
        return (
            f"WITH r AS ({_RECEIVED}), y AS ({_YEARS}) "
            f"SELECT r.person, r.month, {_OF_YEAR[name]} AS value FROM r "
            "LEFT JOIN y ON y.person = r.person AND y.year = r.month // 12"
        )
    decided = "1" if name == "condition_imposed" else "held.hours"
    later = {
        "missing": "NULL",
        "zero": "0",
        "same": "1" if name == "condition_imposed" else "held.last_hours",
    }[options.later]
    left = {"missing": "NULL", "zero": "0", "same": "m.value"}[options.exit_month]
    return (
        f"WITH r AS ({_RECEIVED}), y AS ({_YEARS}), "
        f"decision AS (SELECT person, year, hours_week, {month_of('decision_from')} AS start, "
        f"{month_of('coalesce(decision_to, decision_from)')} AS stop FROM sa_condition "
        "WHERE condition = 'yes' AND decision_from IS NOT NULL), "
        "held AS (SELECT r.person, r.month, bool_or(r.month <= d.stop) AS in_force, "
        "arg_max(d.hours_week, d.start) FILTER (WHERE r.month <= d.stop) AS hours, "
        "arg_max(d.hours_week, d.start) AS last_hours "
        "FROM r JOIN decision d ON d.person = r.person AND d.start <= r.month "
        "AND (d.stop >= r.month OR d.year = r.month // 12) GROUP BY r.person, r.month), "
        "of_month AS (SELECT r.person, r.month, CASE "
        f"WHEN held.in_force THEN {decided} "
        "WHEN y.answer = 0 THEN 0 "
        "WHEN y.person IS NULL OR y.unclear THEN NULL "
        "WHEN r.month < y.first THEN 0 "
        f"ELSE {later} END AS value FROM r "
        "LEFT JOIN held ON held.person = r.person AND held.month = r.month "
        "LEFT JOIN y ON y.person = r.person AND y.year = r.month // 12) "
        "SELECT person, month, value FROM of_month UNION ALL "
        f"SELECT m.person, m.month + 1, {left} FROM of_month m "
        "ANTI JOIN r ON r.person = m.person AND r.month = m.month + 1" + _unknown(options)
    )


def _unknown(options: Any) -> str:
    """Return further rows: without receipt in the first month, which may be that of an exit."""
    if options.exit_month == "zero":
        return ""
    return (
        " UNION ALL SELECT b.person, b.month, NULL FROM bounds, base b "
        "ANTI JOIN r ON r.person = b.person AND r.month = b.month WHERE b.month = bounds.first"
    )
