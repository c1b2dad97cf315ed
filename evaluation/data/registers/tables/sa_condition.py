"""First condition, exemption and sanction of a calendar year."""

from __future__ import annotations

from evaluation.data.registers.contract import Column, Kind, Table, Temporality

TABLE = Table(
    name="sa_condition",
    temporality=Temporality.ACCUMULATED,
    columns={
        "person_id": Column(Kind.PERSON, complete=True),
        "year": Column(Kind.YEAR, complete=True),
        "payer_municipality": Column(Kind.CODE, required=False, width=4),
        "condition": Column(Kind.CODE, codes=("yes", "no")),
        "condition_types": Column(
            Kind.CODES,
            required=False,
            codes=("04", "06", "07", "08", "10", "14", "15", "16", "17", "18", "19", "20"),
        ),
        "hours_week": Column(Kind.DECIMAL, required=False, low=0, high=168),
        "decision_from": Column(Kind.DATE, required=False),
        "decision_to": Column(Kind.DATE, required=False),
        "exemption_date": Column(Kind.DATE, required=False),
        "exemption_reasons": Column(Kind.CODES, required=False, codes=("01", "02", "03", "04")),
        "sanction": Column(Kind.CODES, required=False, codes=("01", "02")),
    },
    key=("person_id", "year", "payer_municipality"),
)
