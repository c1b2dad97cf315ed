"""Charges, by the date of the offence."""

from __future__ import annotations

from evaluation.data.registers.contract import Column, Kind, Table, Temporality

TABLE = Table(
    name="charge",
    temporality=Temporality.EVENT,
    columns={
        "person_id": Column(Kind.PERSON, complete=True),
        "date": Column(Kind.DATE, complete=True),
        "type": Column(Kind.CODE, required=False),
    },
)
