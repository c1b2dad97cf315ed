"""Where persons live, by the municipality codes of the date."""

from __future__ import annotations

from evaluation.data.registers.contract import Column, Kind, Table, Temporality

TABLE = Table(
    name="residence",
    temporality=Temporality.EVENT,
    columns={
        "person_id": Column(Kind.PERSON, complete=True),
        "municipality": Column(Kind.CODE, complete=True, width=4),
        "district": Column(Kind.CODE, required=False),
        "valid_from": Column(Kind.DATE, complete=True),
        "valid_to": Column(Kind.DATE, required=False),
    },
    key=("person_id", "valid_from"),
    spell=("valid_from", "valid_to"),
)
