"""Months of assistance that several municipalities paid, and years that several reported."""

from __future__ import annotations

from evaluation.data.registers.contract import Touched
from evaluation.data.registers.rules.contract import Step

RANK = 50

_PERIOD = {"sa_month": "ym", "sa_year": "year", "sa_condition": "year"}
_AMOUNTS = ("grant_nok", "loan_nok")


def apply(step: Step) -> tuple[Touched, ...]:
    """Bring months to one row, and count records of years; see ``contract.Rule``."""
    period = _PERIOD.get(step.table.name)
    if period is None:
        return ()
    again = f"person = lag(person) OVER () AND {period} = lag({period}) OVER ()"
    persons, rows = step.row(
        f"SELECT count(DISTINCT person), count(*) FROM (SELECT person, {again} AS again "
        f"FROM {step.relation}) WHERE again"
    )
    if step.table.name != "sa_month":
        return step.touched("several", "further records of a year: kept", persons, rows)
    if rows and step.several != "error":
        _one_row(step)
    return step.touched("several", _ACTIONS[step.several], persons, rows, step.several == "error")


def _one_row(step: Step) -> None:
    """Keep the row of the municipality that paid most, the lowest code of equals."""
    amount = " + ".join(f"coalesce({one}, 0)" for one in _AMOUNTS)
    sums = ", ".join(f"sum({one}) OVER w AS {one}" for one in _AMOUNTS)
    step.connection.execute(
        f"CREATE TABLE several AS SELECT rowid AS row, row_number() OVER (PARTITION BY person, ym "
        f"ORDER BY {amount} DESC, payer_municipality, rowid) AS rank, {sums}, "
        f"max(paid) OVER w AS paid FROM {step.relation} SEMI JOIN (SELECT person, ym FROM "
        f"{step.relation} GROUP BY ALL HAVING count(*) > 1) USING (person, ym) "
        "WINDOW w AS (PARTITION BY person, ym)"
    )
    if step.several == "sum":
        values = ", ".join(f"{one} = s.{one}" for one in (*_AMOUNTS, "paid"))
        step.connection.execute(
            f"UPDATE {step.relation} AS t SET {values} FROM several AS s "
            "WHERE t.rowid = s.row AND s.rank = 1"
        )
    step.connection.execute(
        f"DELETE FROM {step.relation} WHERE rowid IN (SELECT row FROM several WHERE rank > 1)"
    )
    step.connection.execute("DROP TABLE several")


_ACTIONS = {
    "sum": "amounts of a month summed",
    "largest": "a month's largest payment kept",
    "error": "months were paid by several municipalities",
}
