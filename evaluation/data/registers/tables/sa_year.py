"""The form for social assistance: a recipient, paying municipality and year."""

from __future__ import annotations

from evaluation.data.registers.contract import Column, Kind, Table, Temporality

TABLE = Table(
    name="sa_year",
    temporality=Temporality.ACCUMULATED,
    columns={
        "person_id": Column(Kind.PERSON, complete=True),
        "year": Column(Kind.YEAR, complete=True),
        "payer_municipality": Column(Kind.CODE, required=False, width=4),
        "months": Column(Kind.NUMBER, low=0),
        "grant_nok": Column(Kind.NOK, low=0),
        "loan_nok": Column(Kind.NOK, required=False, low=0),
        "n_municipalities": Column(Kind.NUMBER, required=False, low=1),
        "main_source": Column(
            Kind.CODE, required=False, codes=("1", "2", "3", "4", "5", "6", "7", "8", "9")
        ),
        "work_status": Column(Kind.CODE, required=False, width=2),
        "housing": Column(Kind.CODE, required=False, width=1),
    },
    key=("person_id", "year", "payer_municipality"),
)
