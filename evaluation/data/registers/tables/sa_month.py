"""Social assistance paid in a month, by the municipality that paid."""

from __future__ import annotations

from evaluation.data.registers.contract import Column, Kind, Table, Temporality

TABLE = Table(
    name="sa_month",
    temporality=Temporality.ACCUMULATED,
    columns={
        "person_id": Column(Kind.PERSON, complete=True),
        "ym": Column(Kind.MONTH, complete=True),
        "payer_municipality": Column(Kind.CODE, required=False, width=4),
        "grant_nok": Column(Kind.NOK, low=0),
        "loan_nok": Column(Kind.NOK, required=False, low=0),
        "paid": Column(Kind.NUMBER, required=False, low=0, high=1),
    },
    key=("person_id", "ym", "payer_municipality"),
)
