"""Jobs by month, from the register that began in January 2015."""

from __future__ import annotations

from evaluation.data.registers.contract import Column, Kind, Table, Temporality

TABLE = Table(
    name="job_month",
    temporality=Temporality.STATUS,
    columns={
        "person_id": Column(Kind.PERSON, complete=True),
        "job_id": Column(Kind.KEY, complete=True),
        "ym": Column(Kind.MONTH, complete=True),
        "contract_pct": Column(Kind.DECIMAL, required=False, low=0),
        "hours_week": Column(Kind.DECIMAL, required=False, low=0),
        "cash_wage_nok": Column(Kind.NOK, required=False),
    },
    key=("person_id", "job_id", "ym"),
    valid_from=2015 * 12,
)
