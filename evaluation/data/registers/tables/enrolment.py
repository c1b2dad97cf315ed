"""Education under way."""

from __future__ import annotations

from evaluation.data.registers.contract import Column, Kind, Table, Temporality

TABLE = Table(
    name="enrolment",
    temporality=Temporality.EVENT,
    columns={
        "person_id": Column(Kind.PERSON, complete=True),
        "from": Column(Kind.DATE, complete=True),
        "to": Column(Kind.DATE, required=False),
        "level": Column(
            Kind.CODE, required=False, codes=("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")
        ),
    },
    spell=("from", "to"),
)
