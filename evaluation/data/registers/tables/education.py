"""Highest education completed, from a date on; the first digit of the code is its level."""

from __future__ import annotations

from evaluation.data.registers.contract import Column, Kind, Table, Temporality

TABLE = Table(
    name="education",
    temporality=Temporality.EVENT,
    columns={
        "person_id": Column(Kind.PERSON, complete=True),
        "nus2000": Column(Kind.CODE, complete=True, width=6),
        "from": Column(Kind.DATE, complete=True),
    },
    key=("person_id", "from"),
)
