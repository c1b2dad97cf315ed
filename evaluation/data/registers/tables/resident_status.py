"""Status in the population register on a date; 1 is resident."""

from __future__ import annotations

from evaluation.data.registers.contract import Column, Kind, Table, Temporality

TABLE = Table(
    name="resident_status",
    temporality=Temporality.STATUS,
    columns={
        "person_id": Column(Kind.PERSON, complete=True),
        "date": Column(Kind.DATE, complete=True),
        "status": Column(
            Kind.CODE, complete=True, codes=("1", "2", "3", "4", "5", "6", "7", "8", "9")
        ),
    },
    key=("person_id", "date"),
)
