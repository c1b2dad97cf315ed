"""Spells as months, in SQL."""

from __future__ import annotations

from evaluation.data.registers.sql import quoted


def month_of(date: str) -> str:
    """Return the month of an expression that is a date, 12 × year + month - 1."""
    return f"(year({date}) * 12 + month({date}) - 1)"


def months_within(table: str, start: str, end: str, where: str = "TRUE") -> str:
    """Return the SELECT of the months, person and month, that spells touch; each once.

    Months outside the delivery are left out, and a spell without an end goes on.

    Parameters
    ----------
    table
        Canonical table.
    start, end
        Expressions of its columns, months.
    where
        Condition on its columns.
    """
    # Each spell begins after those before it have ended: cheaper by far than to sift out months.
    begins = f"greatest({start}, bounds.first)"
    ends = f"least(coalesce({end}, bounds.last), bounds.last)"
    return (
        "SELECT person, unnest(range(greatest(begun, coalesce(held + 1, begun)), ended + 1)) "
        "AS month FROM (SELECT person, begun, ended, max(ended) OVER (PARTITION BY person "
        "ORDER BY begun, ended ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS held "
        f"FROM (SELECT person, {begins} AS begun, {ends} AS ended "
        f"FROM {quoted(table)}, bounds WHERE {where}) WHERE begun <= ended)"
    )


def dated_months(table: str, where: str = "TRUE") -> str:
    """Return the same of a table whose spells have dates, in ``from`` and ``to``."""
    return months_within(table, month_of('"from"'), month_of('"to"'), where)


def flag(months: str) -> str:
    """Return the SELECT of a column that is 1 in these months."""
    return f"SELECT person, month, 1 AS value FROM ({months})"
